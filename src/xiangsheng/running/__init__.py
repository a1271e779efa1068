"""A run specification to requests, journalled outcomes and resume."""
