"""What test scripts have in common with training scripts: what a model may have learned by heart."""

from collections.abc import Sequence
from dataclasses import dataclass

from xiangsheng.core.script import Script
from xiangsheng.corpus.folding import FoldedScript
from xiangsheng.corpus.likeness import Bounds, Kind, Likeness, likenesses, longest_run
from xiangsheng.corpus.relatives import relatives


@dataclass(frozen=True, slots=True)
class RelatedScripts:
    """A test script, the left one of each likeness, and a training script, the right one."""

    test: str
    train: str
    found: tuple[Likeness, ...]


@dataclass(frozen=True, slots=True)
class Leaks:
    """`related` begins with the strongest kind. `below` is the longest run that two scripts share
    which are not related: how far chance goes; None where nothing is near the bounds.
    """

    related: tuple[RelatedScripts, ...]
    below: Likeness | None


def leaks(train: Sequence[Script], test: Sequence[Script], bounds: Bounds = Bounds()) -> Leaks:
    """Pairs of scripts that share more than any two do. Order of scripts does not matter."""
    tests, trains = ([FoldedScript.of(script) for script in side] for side in (test, train))
    related, below = [], list[Likeness]()
    for i, j in relatives(tests, trains, bounds):
        if found := likenesses(tests[i], trains[j], bounds):
            related.append(RelatedScripts(test[i].id, train[j].id, found))
        elif run := longest_run(tests[i], trains[j]):
            below.append(run)
    return Leaks(
        tuple(sorted(related, key=_strength)),
        min(below, key=lambda run: (-run.size, run.left.script, run.right.script), default=None),
    )


def _strength(pair: RelatedScripts) -> tuple[int, int, str, str]:
    first = pair.found[0]
    return list(Kind).index(first.kind), -first.size, pair.test, pair.train
