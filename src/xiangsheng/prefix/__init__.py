"""What sequences share at their beginnings."""
