"""The decode core: one thread, one model, many requests at once."""
