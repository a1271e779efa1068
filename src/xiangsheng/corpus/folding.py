"""A script as it is compared: its words in one string, and the way back to its lines."""

from bisect import bisect_right
from dataclasses import dataclass
from itertools import accumulate

from xiangsheng.core.script import Script
from xiangsheng.text.comparing import fold, origins


@dataclass(frozen=True, slots=True)
class Passage:
    """Lines of a script, counted from 1, and what of them is meant, as the script has it.

    Line ends stand in `text` as line breaks.
    """

    script: str
    first: int
    last: int
    text: str


@dataclass(frozen=True, slots=True)
class FoldedScript:
    """`lines` are folded, without labels; line i begins at `starts[i]` of `text`."""

    script: Script
    lines: tuple[str, ...]
    text: str
    starts: tuple[int, ...]

    @classmethod
    def of(cls, script: Script) -> "FoldedScript":
        lines = tuple(fold(line.text) for line in script.lines)
        lengths = (len(line) for line in lines[:-1])
        return cls(script, lines, "".join(lines), tuple(accumulate(lengths, initial=0)))

    def passage(self, start: int, length: int) -> Passage:
        """Where `length` characters of `text`, at least one, are in the script."""
        last = start + length - 1
        one, other = (bisect_right(self.starts, place) - 1 for place in (start, last))
        texts = [line.text for line in self.script.lines[one : other + 1]]
        # The end first: where both are in one line, the beginning would move it.
        texts[-1] = texts[-1][: origins(texts[-1])[last - self.starts[other]] + 1]
        texts[0] = texts[0][origins(texts[0])[start - self.starts[one]] :]
        return Passage(self.script.id, one + 1, other + 1, "\n".join(texts))

    def whole_lines(self, first: int, last: int) -> Passage:
        """The lines from `first` to `last`, counted from 0."""
        texts = (line.text for line in self.script.lines[first : last + 1])
        return Passage(self.script.id, first + 1, last + 1, "\n".join(texts))
