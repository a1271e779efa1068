"""BLEU-1 to BLEU-4 and GLEU over characters, from one pass over each pair.

Equal to nltk's `corpus_bleu` with smoothing method 1 (Papineni et al. 2002; Chen and Cherry 2014)
and to its `corpus_gleu` (Wu et al. 2016), for one reference a candidate. Known habits of nltk are
kept: a pair too short for an order still adds one to its denominator, an order without a match
counts 0.1 matches, and a corpus without a common character scores 0.
"""

from __future__ import annotations

import math

from xiangsheng.text.ngrams import clipped_matches, lengthen

TYPE_CHECKING = False  # not imported: `typing` takes as long as a tenth of the scoring
if TYPE_CHECKING:  # scoring a file starts neither numpy nor dataclasses
    from collections.abc import Sequence

    from xiangsheng.core.score import Pair
    from xiangsheng.stats.arrays import Floats

ORDERS = 4
EPSILON = 0.1
WEIGHTS = (
    (1.0, 0.0, 0.0, 0.0),
    (0.5, 0.5, 0.0, 0.0),
    (0.33, 0.33, 0.33, 0.0),
    (0.25, 0.25, 0.25, 0.25),
)


def overlap(candidate: str, reference: str) -> tuple[int, ...]:
    """What one pair adds to the corpus: 12 counts that simply sum.

    1, the length of the candidate and of the reference, matches of orders 1 to 4, n-grams of the
    candidate of orders 1 to 4 (at least 1 each), and GLEU's n-grams of the longer text.
    """
    matches = [0] * ORDERS
    ours: Sequence[str] = candidate
    theirs: Sequence[str] = reference
    for order in range(ORDERS):
        if order:
            ours, theirs = lengthen(ours, candidate), lengthen(theirs, reference)
        matches[order] = clipped_matches(ours, theirs)
        if not matches[order]:
            break
    length = len(candidate)
    longer = max(length, len(reference))
    return (
        1,
        length,
        len(reference),
        *matches,
        length or 1,
        length - 1 if length > 2 else 1,
        length - 2 if length > 3 else 1,
        length - 3 if length > 4 else 1,
        4 * longer - 6 if longer > 2 else longer * (longer + 1) // 2,
    )


class Overlap:
    """BLEU-1 … BLEU-4 and GLEU as one family of additive metrics."""

    names = ("bleu_1", "bleu_2", "bleu_3", "bleu_4", "gleu")
    width = 12
    method = "bootstrap"
    missing = "zero"

    def row(self, pair: Pair) -> tuple[int, ...]:
        return overlap(pair.candidate, pair.reference)

    def conclude(self, sums: Sequence[float]) -> tuple[float, ...]:
        """Five percentages; all 0 where no character is shared."""
        _, ours, theirs, *counts = sums
        matches, totals, ngrams = counts[:4], counts[4:8], counts[8]
        if not matches[0]:
            return (0.0,) * 5
        logs = [math.log((m or EPSILON) / t) for m, t in zip(matches, totals, strict=True)]
        brevity = 0.0 if ours > theirs else 1 - theirs / ours
        return (
            *(
                100 * math.exp(brevity + math.fsum(map(float.__mul__, weights, logs)))
                for weights in WEIGHTS
            ),
            100 * math.fsum(matches) / ngrams,
        )

    def conclude_many(self, sums: Floats) -> Floats:
        """`conclude` for every row of an array (…, 12) at once: (…, 5)."""
        import numpy as np

        ours, theirs = sums[..., 1], sums[..., 2]
        matches, totals, ngrams = sums[..., 3:7], sums[..., 7:11], sums[..., 11]
        some = matches[..., 0] > 0  # then the other denominators are above zero too
        smoothed = np.where(matches > 0, matches, EPSILON) / np.maximum(totals, 1)
        brevity = np.minimum(0, 1 - theirs / np.maximum(ours, 1))
        bleu = np.exp(brevity[..., None] + np.log(smoothed) @ np.array(WEIGHTS).T)
        gleu = matches.sum(axis=-1) / np.maximum(ngrams, 1)
        scores: Floats = 100 * np.concatenate((bleu, gleu[..., None]), axis=-1)
        return np.where(some[..., None], scores, 0.0)

    def recipe(self, name: str) -> tuple[tuple[str, str], ...]:
        if name == "gleu":
            return (("tokens", "char"), ("orders", "1-4"))
        weights = WEIGHTS[self.names.index(name)]
        return (
            ("tokens", "char"),
            ("smoothing", f"method1 epsilon {EPSILON}"),
            ("weights", " ".join(f"{weight:g}" for weight in weights)),
        )
