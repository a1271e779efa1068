"""Text of others on a terminal: what would steer it is shown and does nothing."""


def printable(text: str) -> str:
    """Control characters, and those that turn the direction of writing, as their escapes.

    Line feeds and the wide space of Chinese text stay.
    """
    return "".join(
        character if character in "\n\u3000" or character.isprintable() else ascii(character)[1:-1]
        for character in text
    )
