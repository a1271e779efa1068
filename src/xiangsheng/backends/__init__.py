"""Models behind the Generator and Tuner ports."""
