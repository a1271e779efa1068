"""Bytes to text and tables with line numbers, and back; atomic writing."""
