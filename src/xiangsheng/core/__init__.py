"""The nouns, the errors and the ports; standard library only."""
