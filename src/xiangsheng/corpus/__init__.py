"""Bytes to Script: readers, statistics, and the bundled corpus."""
