"""Text to tokens and back, without loss."""
