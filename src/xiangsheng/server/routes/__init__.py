"""One topic a file; each makes a router of the state it is given."""
