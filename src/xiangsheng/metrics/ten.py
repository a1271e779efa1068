"""The ten published values of a list of pairs, and nothing else: no intervals, no numpy."""

from __future__ import annotations

import math

from xiangsheng.metrics.bleu import Overlap, overlap
from xiangsheng.metrics.distinct import NAMES, ratio, seen
from xiangsheng.metrics.rouge import Rouge, rouge

TYPE_CHECKING = False  # not imported: `typing` takes as long as a tenth of the scoring
if TYPE_CHECKING:  # scoring a file starts neither numpy nor dataclasses
    from collections.abc import Sequence


def ten(pairs: Sequence[tuple[str, str]]) -> dict[str, float]:
    """The ten metrics of (candidate, reference) pairs, in percent, in their published order.

    Pairs for which rouge has no score are left out of ROUGE and of nothing else.
    """
    bleu, means = Overlap(), Rouge()
    counts = [overlap(candidate, reference) for candidate, reference in pairs] or [(0,) * 12]
    scores = [(1.0, *fs) for pair in pairs if (fs := rouge(*pair))] or [(0.0,) * 4]
    values = dict(
        zip(
            bleu.names,
            bleu.conclude([sum(column) for column in zip(*counts, strict=True)]),
            strict=True,
        )
    )
    sums = [math.fsum(column) for column in zip(*scores, strict=True)]
    values |= zip(means.names, means.conclude(sums), strict=True)
    variety = seen(candidate for candidate, _ in pairs)
    values |= {name: ratio(len(t), n) for name, (t, n) in zip(NAMES, variety, strict=True)}
    return values
