"""What rows have in common with scripts to test on, as `corpus leaks` finds it between scripts."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import accumulate, chain
from typing import Self

from xiangsheng.core.words import Words
from xiangsheng.prepare.checking.added import beheaded, said, unlabelled
from xiangsheng.prepare.checking.counted import counted
from xiangsheng.prepare.checking.finding import MOST_ROWS, Finding, Level
from xiangsheng.prepare.checking.pairs import Pairs
from xiangsheng.text.comparing import fold, origins
from xiangsheng.text.held_runs import HeldRuns
from xiangsheng.text.shared_runs import shared_runs


@dataclass(frozen=True, slots=True)
class Unseen:
    """Scripts to test on: for each its name and its lines. From `line` and `run` characters on, as
    compared, a line or a run is no chance.
    """

    name: str
    scripts: Sequence[tuple[str, Sequence[str]]]
    line: int
    run: int


@dataclass(frozen=True, slots=True)
class Hit:
    """A row of the line `line` whose new text may have something in common: `plain` without labels
    and line breaks, `text` the same as it is compared, `lines` what of it is new, from `new` on.
    """

    line: int
    plain: str
    text: str
    lines: tuple[str, ...]
    new: int


@dataclass(slots=True)
class LeakSearch:
    """Looks at what each row adds to the row before it; the first thousand hits are kept."""

    lines: frozenset[str]
    runs: HeldRuns
    hits: list[Hit] = field(default_factory=list)
    count: int = 0
    before: str = "\0"

    @classmethod
    def of(cls, unseen: Unseen) -> Self:
        scripts = [[fold(line) for line in lines] for _, lines in unseen.scripts]
        long = (line for line in chain.from_iterable(scripts) if len(line) >= unseen.line)
        return cls(frozenset(long), HeldRuns.of(list(map("".join, scripts)), unseen.run))

    def observe(self, pairs: Pairs) -> None:
        tails, news = list[str](), list[str]()
        for prompt, completion in zip(pairs.prompts, pairs.completions, strict=True):
            goes_on = prompt.startswith(self.before)
            cut = len(self.before) if goes_on else 0
            tails.append(prompt[max(0, cut - 8 * self.runs.size) : cut])
            news.append((prompt[cut:] if goes_on else beheaded(prompt)) + completion)
            self.before = (prompt + completion).rstrip("\n") or "\0"
        new = [text.split("\n") for text in said(news)]
        before = [tail.replace("\n", "") for tail in said(tails)]
        keep = 1 - self.runs.size  # so that a run ends in what is new
        texts = [tail[keep:] + "".join(lines) for tail, lines in zip(before, new, strict=True)]
        hit = {at for at, lines in enumerate(new) if not self.lines.isdisjoint(lines)}
        hit.update(self.runs.among(texts))
        self.count += len(hit)
        some = sorted(hit)[: MOST_ROWS - len(self.hits)]
        for at in some:
            plain = unlabelled(tails[at] + "\n" + news[at]).replace("\n", "")
            text = before[at] + "".join(new[at])
            self.hits.append(Hit(pairs.lines[at], plain, text, tuple(new[at]), len(before[at])))

    def absorb(self, later: "LeakSearch") -> None:
        self.count += later.count
        self.hits = [*self.hits, *later.hits][:MOST_ROWS]


@dataclass(frozen=True, slots=True)
class _Shared:
    line: int
    place: str
    size: int
    text: str


def leaks(search: LeakSearch, unseen: Unseen) -> Iterator[Finding]:
    runs, lines = _runs(search, unseen), _lines(search, unseen)
    with_run = {shared.line for shared in runs}
    lines = [shared for shared in lines if shared.line not in with_run]
    for found, zh, en in (
        (runs, "连续的字", "a run of characters"),
        (lines, "整行台词", "a whole line"),
    ):
        if not found:
            continue
        longest = max(found, key=lambda shared: shared.size)
        count = search.count - len(lines) if found is runs else len(lines)
        size = counted(longest.size, "character")
        yield Finding(
            "leaks",
            Level.INFO,
            Words(
                f"{count:,} 行与 {unseen.name} 有相同的{zh}；最长 {longest.size} 字，在 {longest.place}",
                f"{counted(count, 'row shares', 'rows share')} {en} with {unseen.name}; the longest "
                f"has {size}, in {longest.place}",
            ),
            "",
            count,
            tuple(shared.line for shared in found),
            tuple(shared.place for shared in found),
            example=longest.text,
        )


def _runs(search: LeakSearch, unseen: Unseen) -> list[_Shared]:
    """The longest run of each row."""
    scripts = [[fold(line) for line in lines] for _, lines in unseen.scripts]
    found: dict[int, _Shared] = {}
    texts = [hit.text for hit in search.hits]
    for run in shared_runs(texts, list(map("".join, scripts)), unseen.run):
        hit = search.hits[run.text]
        is_old = run.start + run.length <= hit.new
        if is_old or (hit.line in found and found[hit.line].size >= run.length):
            continue
        starts = [0, *accumulate(map(len, scripts[run.source]))]
        line = bisect_right(starts, run.source_start)
        place = f"{unseen.scripts[run.source][0]}:{line}"
        places = origins(hit.plain)
        text = hit.plain[places[run.start] : places[run.start + run.length - 1] + 1]
        found[hit.line] = _Shared(hit.line, place, run.length, text)
    return list(found.values())


def _lines(search: LeakSearch, unseen: Unseen) -> list[_Shared]:
    """The longest line of each row that some script has too."""
    places = {
        fold(line): f"{name}:{number}"
        for name, lines in reversed(unseen.scripts)
        for number, line in reversed(list(enumerate(lines, 1)))
    }
    return [
        _Shared(hit.line, places[line], len(line), line)
        for hit in search.hits
        if (line := max(search.lines.intersection(hit.lines), key=len, default=""))
    ]
