"""Scripts and opening lines written by rule."""

from collections.abc import Sequence
from pathlib import Path

from xiangsheng.core.errors import UsageError
from xiangsheng.core.script import Script
from xiangsheng.corpus.composer.compose import compose
from xiangsheng.corpus.composer.library import library
from xiangsheng.corpus.composer.openings import openings
from xiangsheng.corpus.writing import script_files, script_text
from xiangsheng.files.atomic import refuse_existing, write_new_folder

MOST = 50_000_000
"""Characters asked for at most: they are held in memory."""


def composed(characters: int, seed: int) -> Sequence[Script]:
    """Scripts with so many characters in their lines, or a few more; the same for a seed."""
    if not 1 <= characters <= MOST:
        raise UsageError(
            f"--chars is {characters:,}", hint=f"give 1 to {MOST:,} characters", code="characters"
        )
    return [one.script for one in compose(library(), characters, seed)]


def compose_into(folder: Path, characters: int, seed: int) -> int:
    """One file a script in a new folder, there as a whole or not at all; how many they are."""
    refuse_existing(folder)  # before anything is composed
    files = script_files(composed(characters, seed))
    write_new_folder(folder, files)
    return len(files)


def opening_lines(topic: str, mood: str, count: int, seed: int) -> Sequence[str]:
    if not 1 <= count <= 10_000:
        raise UsageError(f"-n {count}", hint="give 1 to 10,000", code="count")
    return list(openings(library(), topic, mood, count, seed))


def as_text(scripts: Sequence[Script]) -> str:
    """All of them one after another, a blank line between."""
    return "\n".join(map(script_text, scripts))
