"""What something costs, or would have cost."""
