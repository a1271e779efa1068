"""Training files checked: what is wrong, where, and what would mend it."""
