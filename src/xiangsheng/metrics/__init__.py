"""One metric a file, each with a signature."""
