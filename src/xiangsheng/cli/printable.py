"""Text of others on a terminal: what would steer it is shown and does nothing."""

import json
import sys

_STAYS = "\n\u3000"
"""Line feeds, and the wide space of Chinese text."""


def printable(text: str, stays: str = _STAYS) -> str:
    """Control characters, and those that turn the direction of writing, as their escapes."""
    return "".join(c if c in stays or c.isprintable() else ascii(c)[1:-1] for c in text)


def write(text: str) -> None:
    """Text that somebody asked for: as it is into files and pipes, made printable on a terminal."""
    sys.stdout.write(printable(text, _STAYS + "\t") if sys.stdout.isatty() else text)


def write_document(text: str) -> None:
    """As `write`, for JSON, which stays the same document: its own escapes are put in."""
    if sys.stdout.isatty():
        text = "".join(c if c in _STAYS or c.isprintable() else json.dumps(c)[1:-1] for c in text)
    sys.stdout.write(text)
