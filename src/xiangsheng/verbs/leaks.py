"""What test scripts share with training scripts."""

from dataclasses import dataclass
from pathlib import Path

from xiangsheng.core.errors import UsageError
from xiangsheng.core.events import OnEvent
from xiangsheng.corpus.leaks import Leaks, leaks
from xiangsheng.corpus.likeness import GRAM, Bounds
from xiangsheng.corpus.reading import read
from xiangsheng.verbs.notices import tell


@dataclass(frozen=True, slots=True)
class FoundLeaks:
    """How many scripts were compared, from where on what is shared counts, and what is shared."""

    train: int
    test: int
    bounds: Bounds
    leaks: Leaks


def find_leaks(train: Path, test: Path, bounds: Bounds, on_event: OnEvent) -> FoundLeaks:
    """Both sides are read as every source of scripts is."""
    require_bounds(bounds)
    trains, tests = read(train), read(test)
    tell((*trains.warnings, *tests.warnings), on_event)
    found = leaks(trains.scripts, tests.scripts, bounds)
    return FoundLeaks(len(trains.scripts), len(tests.scripts), bounds, found)


def require_bounds(bounds: Bounds) -> None:
    """UsageError for lengths below that of the n-grams that are compared."""
    for name, bound in (("run", bounds.run), ("line", bounds.line)):
        if bound < GRAM:
            raise UsageError(
                f"a {name} of {bound} characters is no leak: any two scripts share one",
                hint=f"give --{name} at least {GRAM}",
                code="bound",
            )
