"""One file a group of commands; each imports its verb when it runs."""
