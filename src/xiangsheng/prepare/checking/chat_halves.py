"""Rows of messages to train on and to validate with, those of one dialogue on one side."""

from array import array
from pathlib import Path

from xiangsheng.files.json_lines import blocks
from xiangsheng.prepare.chat import OPENING
from xiangsheng.prepare.checking.chat_reading import ROW_KEYS
from xiangsheng.prepare.checking.halves_dialogue import drawn, halved_by


def halved_chats(rows: Path, folder: Path, seed: int, name: str) -> tuple[Path, Path]:
    """A file of lines as two, in `folder`: about four fifths, or all but a thousand, and the others.

    Of one dialogue are rows with the same system message and the same first message behind it,
    whoever says that. Raises UsageError where all are of one dialogue; `name` is for
    its message.
    """
    dialogues = array("Q")
    with rows.open("rb") as stream:
        for block in blocks(stream, ROW_KEYS):
            for row in block.values:
                first, *others = (message["content"] for message in row["messages"])
                system = first if row["messages"][0]["role"] == "system" else ""
                said = others[0] if system else first
                # Our own rendering puts it before what the assistant begins, and not before the
                # same dialogue where the user does.
                head = "" if system == OPENING else system
                dialogues.append(drawn(f"{head}\0{said}", seed))
    return halved_by(dialogues, rows, folder, name)
