"""Script to Example and Prompt: the renderings."""
