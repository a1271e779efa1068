"""ROUGE-1, ROUGE-2 and ROUGE-L as rouge 1.0.1 computes them on characters joined by spaces.

Its habits, kept because published tables rest on them: a text is split at every «.», white space
vanishes, n-grams are counted as sets, n-grams cross sentences, and ROUGE-L counts the distinct
characters in the union of the longest common subsequences of all sentence pairs. Nothing, or a
single «.», has no sentences and therefore no score; white space alone and two dots in a row give
an empty word, which counts as a word.
"""

from __future__ import annotations

from xiangsheng.text.ngrams import lengthen
from xiangsheng.text.subsequence import subsequence_types

TYPE_CHECKING = False  # not imported: `typing` takes as long as a tenth of the scoring
if TYPE_CHECKING:  # scoring a file starts neither numpy nor dataclasses
    from collections.abc import Sequence

    from xiangsheng.core.score import Pair
    from xiangsheng.stats.arrays import Floats

EMPTY_WORD = " "  # cannot be mistaken for another word: white space never is one


def sentences(text: str) -> list[str]:
    """The sentences of a text, one character a word."""
    pieces = text.split(".")
    if not pieces[-1]:
        del pieces[-1]
    if pieces and not pieces[0]:
        del pieces[0]
    return ["".join(piece.split()) or EMPTY_WORD for piece in pieces]


def f_score(ours: int, theirs: int, shared: int) -> float:
    """F1 with the 1e-8 that rouge 1.0.1 adds below the line."""
    precision = shared / ours if ours else 0.0
    recall = shared / theirs if theirs else 0.0
    return 2.0 * (precision * recall / (precision + recall + 1e-8))


def rouge(candidate: str, reference: str) -> tuple[float, float, float] | None:
    """F1 of ROUGE-1, ROUGE-2 and ROUGE-L, 0 to 1; None where rouge 1.0.1 raises."""
    ours, theirs = sentences(candidate), sentences(reference)
    if not ours or not theirs:
        return None
    our_words, their_words = "".join(ours), "".join(theirs)
    our_types, their_types = set(our_words), set(their_words)
    shared = our_types & their_types
    if not shared:
        return 0.0, 0.0, 0.0
    our_pairs = set(lengthen(our_words, our_words))
    their_pairs = set(lengthen(their_words, their_words))
    union: set[str] = set()
    for their in set(theirs):
        for our in set(ours):
            union |= subsequence_types(their, our)
    return (
        f_score(len(our_types), len(their_types), len(shared)),
        f_score(len(our_pairs), len(their_pairs), len(our_pairs & their_pairs)),
        f_score(len(our_types), len(their_types), len(union)),
    )


class Rouge:
    """Mean ROUGE over pairs as one family of additive metrics.

    `missing` says what a pair without a score does: `drop` leaves it out, as published;
    `zero` counts it as 0.
    """

    width = 4
    method = "bootstrap"

    def __init__(self, missing: str = "drop") -> None:
        self.missing = missing
        suffix = "" if missing == "drop" else f"_{missing}"
        self.names = tuple(f"rouge_{kind}{suffix}" for kind in "12l")

    def row(self, pair: Pair) -> tuple[float, ...]:
        scores = rouge(pair.candidate, pair.reference)
        if scores is None:
            return (0, 0, 0, 0) if self.missing == "drop" else (1, 0, 0, 0)
        return 1, *scores

    def conclude(self, sums: Sequence[float]) -> tuple[float, ...]:
        """Three percentages; 0 where no pair has a score."""
        pairs, *scores = sums
        return tuple(100 * score / pairs if pairs else 0.0 for score in scores)

    def conclude_many(self, sums: Floats) -> Floats:
        """`conclude` for every row of an array (…, 4) at once: (…, 3)."""
        import numpy as np

        return 100 * sums[..., 1:] / np.maximum(sums[..., :1], 1)

    def recipe(self, name: str) -> tuple[tuple[str, str], ...]:
        kind = "union-LCS set" if "_l" in name else "n-gram sets"
        return (("tokens", "char"), ("like", "rouge 1.0.1"), ("counts", kind), ("mean", "pairs"))
