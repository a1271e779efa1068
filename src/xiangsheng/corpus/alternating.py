"""Plain text whose roles alternate: one line each, a blank line between scripts."""

from itertools import cycle

from xiangsheng.core.errors import DataError
from xiangsheng.corpus.draft import Draft, Utterance
from xiangsheng.corpus.front_matter import FENCE
from xiangsheng.corpus.labelled import Sieve, split_blocks
from xiangsheng.corpus.labels import SPACE
from xiangsheng.files.text import split_lines


def alternating_drafts(
    text: str, where: str, id_: str | None, *, sieve: Sieve | None = None
) -> tuple[Draft, ...]:
    """A script a block, speakers `0` and `1` in turn, no titles.

    Ids are `1`, `2`, …; where `id_` is given, it is the id of the only block, or the beginning of
    all of them (`id-1`). A colon inside a line is text. A block of one line is a DataError, and
    so is front matter: it names speakers, and nothing here says who they are.
    """
    lines = split_lines(text)
    if lines and lines[0].rstrip() == FENCE:
        raise DataError(
            "front matter above lines without labels",
            where=f"{where}:1",
            hint="label the lines (甲：…, 乙：…), or delete the front matter",
            code="front_matter",
        )
    numbered = list(enumerate(lines, 1))
    blocks = list(split_blocks(sieve(where, numbered) if sieve else numbered))
    drafts = []
    for position, block in enumerate(blocks, 1):
        number, first = block[0]
        if len(block) == 1:
            raise DataError(
                f"a script of one line: {first[:60]}",
                where=f"{where}:{number}",
                hint="two speakers need two lines; if a blank line cut a script, delete it",
                code="one_line",
            )
        own = str(position) if id_ is None else id_ if len(blocks) == 1 else f"{id_}-{position}"
        utterances = tuple(
            Utterance(number, label, line.strip(SPACE))
            for (number, line), label in zip(block, cycle("01"), strict=False)
        )
        drafts.append(Draft(own, where, utterances))
    return tuple(drafts)
