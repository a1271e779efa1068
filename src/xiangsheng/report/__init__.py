"""Results to HTML and Markdown; sees core nouns only."""
