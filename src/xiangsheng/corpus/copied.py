"""What was said, looked up in the training scripts: the longest spans that stand there already."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from xiangsheng.core.results import Copied, CopiedBy, CopiedSpan, Source
from xiangsheng.core.script import Script
from xiangsheng.corpus.folding import FoldedScript
from xiangsheng.text.comparing import fold, origins
from xiangsheng.text.shared_runs import Run, shared_runs

AT_LEAST = 10
"""Characters, as compared, from which on a span is told. Of 1,000 real lines three share as much
with 318 training scripts by chance, forms of address and a proverb; none shares 12.
"""


@dataclass(frozen=True, slots=True)
class Said:
    """A text, its lines without labels; `system` is who said it, or `real`."""

    system: str
    item: str
    text: str


def copied(said: Sequence[Said], training: Sequence[Script], at_least: int = AT_LEAST) -> Copied:
    """Spans of at least so many characters, and how much of each system's text they are.

    Texts are compared as leaks are: letters and digits alone, across line ends on both sides.
    Systems are in the order of their first text.
    """
    scripts = [FoldedScript.of(script) for script in training]
    texts = [fold(one.text) for one in said]
    found = shared_runs(texts, [script.text for script in scripts], 1)
    runs = defaultdict[int, list[Run]](list)
    for run in found:
        runs[run.text].append(run)
    places = defaultdict[str, list[int]](list)
    for place, one in enumerate(said):
        places[one.system].append(place)
    return Copied(
        at_least,
        tuple(
            _by(system, [texts[place] for place in mine], [runs[place] for place in mine], at_least)
            for system, mine in places.items()
        ),
        tuple(_spans(said, texts, [run for run in found if run.length >= at_least], scripts)),
    )


def _by(system: str, texts: list[str], runs: list[list[Run]], at_least: int) -> CopiedBy:
    longest = max((run.length for found in runs for run in found), default=0)
    long = [[run for run in found if run.length >= at_least] for found in runs]
    return CopiedBy(
        system,
        characters=sum(map(len, texts)),
        copied=sum(map(_covered, long)),
        spans=sum(map(len, long)),
        longest=longest,
    )


def _covered(runs: list[Run]) -> int:
    """Characters in one text's runs, which come in order and may overlap."""
    covered = end = 0
    for run in runs:
        covered += run.start + run.length - max(run.start, end)
        end = run.start + run.length
    return covered


def _spans(
    said: Sequence[Said], texts: list[str], runs: list[Run], scripts: list[FoldedScript]
) -> Iterator[CopiedSpan]:
    """The longest first; one that a longer span of the same system holds is counted with it."""
    known = defaultdict[str, dict[str, list[Run]]](dict)
    for run in sorted(runs, key=lambda run: (-run.length, run.text, run.start)):
        span = texts[run.text][run.start : run.start + run.length]
        mine = known[said[run.text].system]
        holder = next((longer for longer in mine if span in longer), span)
        mine.setdefault(holder, []).append(run)
    told = [(span, again) for mine in known.values() for span, again in mine.items()]
    for span, again in sorted(told, key=lambda one: (-one[1][0].length, one[1][0].text)):
        yield _span(said[again[0].text], again[0], len(again), _sources(span, scripts))


def _span(one: Said, run: Run, times: int, sources: tuple[Source, ...]) -> CopiedSpan:
    places = origins(one.text)
    text = one.text[places[run.start] : places[run.start + run.length - 1] + 1]
    return CopiedSpan(one.system, one.item, text, run.length, times, sources)


def _sources(span: str, scripts: list[FoldedScript]) -> tuple[Source, ...]:
    """Where each training script has it first."""
    found = (
        script.passage(place, len(span))
        for script in scripts
        if (place := script.text.find(span)) >= 0
    )
    return tuple(Source(passage.script, passage.first, passage.last) for passage in found)
