"""Bytes to text with line numbers, and atomic writing."""
