"""All that the checks must know of rows of dialogue beyond any rows, gathered in one pass."""

import re
from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from xiangsheng.prepare.checking.dialogue_lines import Labels, Lines, Mask
from xiangsheng.prepare.checking.dialogue_marks import Mark, extremes, first_lines, marks
from xiangsheng.prepare.checking.pairs import FIELDS, Pairs
from xiangsheng.prepare.pieces import SUMMARY

_WORDLESS = re.compile(r"\W*")
_STRIPPED = " \u3000\n"
LONGEST = 500_000
"""Characters of a text that are looked at for what is said of dialogue."""


@dataclass(slots=True)
class DialogueSurvey:
    """Twenty-four bytes a row, in the file's order.

    `bare` are hashes of prompt and completion without the space before and the break behind it,
    `dialogues` of what a dialogue begins with: its head, or its first line. `pairs` and `heads`
    number the two labels and what stands between head and lines; `names` say what those are; 0 is
    for rows without.
    """

    labels: Labels = field(default_factory=Labels)
    names: dict[int, str] = field(default_factory=dict)
    marks: "array[int]" = field(default_factory=lambda: array("I"))
    bare: "array[int]" = field(default_factory=lambda: array("q"))
    dialogues: "array[int]" = field(default_factory=lambda: array("i"))
    prompts: "array[int]" = field(default_factory=lambda: array("i"))  # characters
    pairs: "array[int]" = field(default_factory=lambda: array("H"))
    heads: "array[int]" = field(default_factory=lambda: array("H"))
    characters: int = 0  # of all completions

    def observe(self, rows: Pairs) -> None:
        if not len(rows):
            return
        lines = Lines.of(_shortened(rows), self.labels)
        found = marks(lines)
        blank = np.fromiter(map(str.isspace, rows.completions), dtype=bool, count=len(rows))
        found |= np.where(blank, np.uint32(Mark.BLANK), np.uint32(0))
        self.marks.frombytes(found.tobytes())
        self.bare.extend(
            hash((prompt, text.strip(_STRIPPED) if len(text) <= LONGEST else text))
            for prompt, text in zip(rows.prompts, rows.completions, strict=True)
        )
        self.prompts.extend(map(len, rows.prompts))
        self.characters += sum(map(len, rows.completions))
        self._observe_labels(lines)
        for dialogue, head in self._beginnings(lines):
            self.dialogues.append(dialogue)
            self.heads.append(head)

    def absorb(self, later: "DialogueSurvey") -> None:
        """Takes in the rows of the part of the file that follows."""
        self.labels.absorb(later.labels)
        self.names.update(later.names)
        self.characters += later.characters
        for name in ("marks", "bare", "dialogues", "prompts", "pairs", "heads"):
            getattr(self, name).extend(getattr(later, name))

    def having(self, mark: Mark) -> Mask:
        """Which rows have one of the marks."""
        found: Mask = (np.frombuffer(self.marks, dtype=np.uint32) & np.uint32(mark)) != 0
        return found

    def _observe_labels(self, lines: Lines) -> None:
        labelled = np.flatnonzero(lines.label)
        row = lines.row[labelled]
        found = np.zeros(lines.rows, dtype=np.uint16)
        if len(row):
            least, most = extremes(row, lines.label[labelled])
            both = np.where(least < most, least ^ (most >> np.uint64(16)), np.uint64(0))
            numbers = (both % np.uint64(0xFFFF)).astype(np.uint16) + (least < most)
            found[row] = numbers
            for number in set(np.unique(found).tolist()) - self.names.keys() - {0}:
                at = int(np.flatnonzero(numbers == number)[0])
                names = (self.labels.names[int(which[at])] for which in (least, most))
                self.names[number] = " / ".join(sorted(names))
        self.pairs.frombytes(found.tobytes())

    def _beginnings(self, lines: Lines) -> Iterator[tuple[int, int]]:
        first = first_lines(lines)
        begins = np.where(first < 0, lines.starts, lines.begin[first]).tolist()
        ends = np.where(first < 0, lines.asked, lines.end[first]).tolist()
        before, known = "", 0
        for start, begin, end in zip(lines.starts.tolist(), begins, ends, strict=True):
            head = lines.text[start:begin]
            if head != before:
                before, known = head, self._head(head)
            beginning = (head or lines.text[begin:end]).encode("utf-8", "surrogatepass")
            yield crc32(beginning) & 0x7FFFFFFF, known

    def _head(self, head: str) -> int:
        """The number of how a head ends, and whether a summary opens it."""
        if not head:
            return 0
        wordless = _WORDLESS.match(head[::-1])
        tail = head[len(head) - len(wordless[0]) :] if wordless else ""
        space = re.search(r"\s", tail)
        name = ("Summary … " if head.startswith(SUMMARY) else "") + tail[
            space.start() if space else 0 :
        ]
        number = crc32(name.encode("utf-8", "surrogatepass")) % 0xFFFF + 1
        self.names.setdefault(number, name)
        return number


def _shortened(rows: Pairs) -> Pairs:
    """Texts that are longer than any play, without their middle."""
    for name in FIELDS:
        texts = rows.column(name)
        if max(map(len, texts)) > LONGEST:
            half = LONGEST // 2
            short = [t if len(t) <= LONGEST else f"{t[:half]}\n{t[-half:]}" for t in texts]
            rows = rows.with_column(name, short)
    return rows


def dialogue_sizes(survey: DialogueSurvey, sizes: NDArray[np.int32]) -> int:
    """The least of its rows' sizes for every dialogue, summed."""
    dialogues = np.frombuffer(survey.dialogues, dtype=np.int32)
    order = np.argsort(dialogues, kind="stable")
    starts = np.flatnonzero(np.diff(dialogues[order], prepend=-1))
    return int(np.minimum.reduceat(sizes[order], starts).sum(dtype=np.int64)) if len(starts) else 0
