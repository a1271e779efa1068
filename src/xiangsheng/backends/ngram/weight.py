"""How much a tuning counts beside its base: deleted interpolation.

Jelinek and Mercer, «Interpolated estimation of Markov source parameters from sparse data»
(1980): the weight under which text that was left out of the counts is most likely. What is best
runs from 0.3, for a few scripts beside a large base of the same kind, to 0.95.
"""

from collections.abc import Mapping, Sequence
from itertools import chain

import numpy as np

from xiangsheng.backends.ngram.counts import Piece
from xiangsheng.backends.ngram.model import NgramModel

DEFAULT = 0.8
"""For less than two scripts, of which none can be left out."""
LEAST, MOST = 0.05, 0.95
ROUNDS = 30  # the estimate moves by less than 0.001 after about ten


def estimate(base: NgramModel, scripts: Mapping[str, Sequence[Piece]]) -> float:
    """The weight of a tuning on `scripts`, judged by every tenth of them, or by the last."""
    if len(scripts) < 2:
        return DEFAULT
    judges = set(list(scripts)[9::10] or [list(scripts)[-1]])
    left_out = list(chain.from_iterable(scripts[script] for script in judges))
    kept = list(chain.from_iterable(scripts[s] for s in scripts if s not in judges))
    old = base.chances(left_out)
    new = base.tuned(kept, 1.0).chances(left_out)
    weight = 0.5
    for _ in range(ROUNDS):
        weight = float(np.mean(weight * new / (weight * new + (1 - weight) * old)))
    return min(max(round(weight, 3), LEAST), MOST)
