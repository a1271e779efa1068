"""One file a verb: composes, never prints."""
