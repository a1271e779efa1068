"""Database, run folders and model folders: the only code that touches them."""
