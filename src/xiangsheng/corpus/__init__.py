"""Bytes to Script and back: readers, writers, cleaning, statistics, and the bundled corpus."""
