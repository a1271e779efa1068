"""Scripts written by rule, for base models to learn the language from."""
