"""Rows to train on and rows to validate with, those of one dialogue on one side."""

from array import array
from collections.abc import Iterator
from hashlib import blake2b
from pathlib import Path

import numpy as np

from xiangsheng.core.errors import UsageError
from xiangsheng.files.json_lines import blocks
from xiangsheng.prepare.checking.added import beheaded
from xiangsheng.prepare.checking.halves import MOST_HELD
from xiangsheng.prepare.checking.pairs import FIELDS


def halved_by_dialogue(rows: Path, folder: Path, seed: int, name: str) -> tuple[Path, Path]:
    """A file of lines as two, in `folder`: about four fifths, or all but a thousand, and the others.

    Both keep their order. Dialogues are drawn by the seed and by how they begin, and nothing else.
    Raises UsageError where all rows are of one dialogue; `name` is for its message.
    """
    return halved_by(
        _dialogues(rows, seed),
        rows,
        folder,
        name,
        ", or split rows one by one with --profile openai-2022",
    )


def halved_by(
    dialogues: "array[int]", rows: Path, folder: Path, name: str, instead: str = ""
) -> tuple[Path, Path]:
    """The same by a number for the dialogue of each row, the lowest first."""
    numbers, counts = np.unique(np.frombuffer(dialogues, dtype=np.uint64), return_counts=True)
    if len(numbers) < 2:
        raise UsageError(
            "all rows are of one dialogue, which --split does not divide",
            where=name,
            hint=f"leave --split out{instead}",
            code="one_dialogue",
        )
    total = len(dialogues)
    left = total - max(total - MOST_HELD, int(total * 0.8))
    held = set[int]()
    for number, count in zip(numbers.tolist(), counts.tolist(), strict=True):
        if count <= left:  # one that is larger than what is still wanted is passed over
            held.add(number)
            left -= count
    if not held:
        held = {int(numbers[np.argmin(counts)])}
    return _copied(rows, dialogues, held, folder)


def _copied(rows: Path, dialogues: "array[int]", held: set[int], folder: Path) -> tuple[Path, Path]:
    train, valid = folder / "train", folder / "valid"
    with rows.open("rb") as stream, train.open("xb") as most, valid.open("xb") as few:
        for line, dialogue in zip(stream, dialogues, strict=True):
            (few if dialogue in held else most).write(line)
    return train, valid


def _dialogues(rows: Path, seed: int) -> "array[int]":
    """A number for the dialogue of each row, drawn by the seed.

    Where heads tell dialogues apart a row's head says which it is, else its first line; and where
    that stands in the prompt before, the window has moved on, and it is the same one.
    """
    by_head, by_line, heads = array("Q"), array("Q"), set[int]()
    before, line = "", 0
    for head, body in _beginnings(rows):
        first = body.partition("\n")[0]
        if not (before and f"\n{first}\n" in before):
            line = drawn(first, seed)
        before = f"\n{body}"
        by_line.append(line)
        number = drawn(head, seed) if head else 0
        by_head.append(number)
        if len(heads) < 2:
            heads.add(number)
    if len(heads - {0}) < 2:
        return by_line
    return array("Q", (head or line for head, line in zip(by_head, by_line, strict=True)))


def _beginnings(rows: Path) -> Iterator[tuple[str, str]]:
    """Head, and everything behind it."""
    with rows.open("rb") as stream:
        for block in blocks(stream, FIELDS):
            for row in block.values:
                prompt = row["prompt"]
                body = beheaded(prompt)
                yield prompt[: len(prompt) - len(body)], body + row["completion"]


def drawn(text: str, seed: int) -> int:
    """A number by which dialogues are drawn, of 64 bits."""
    digest = blake2b(f"{seed}\0{text}".encode("utf-8", "surrogatepass"), digest_size=8)
    return int.from_bytes(digest.digest(), "little")
