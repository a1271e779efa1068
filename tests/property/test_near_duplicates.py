"""Near duplicates and shared n-grams, against comparing everything with everything."""

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xiangsheng.text.near_duplicates import alike, bands, jaccard, signatures
from xiangsheng.text.ngrams import ngrams
from xiangsheng.text.shingles import overlaps, shingles

TEXT = st.text("ab好\ud800", max_size=20)
TEXTS = st.lists(TEXT, max_size=5)
LONG = st.text("甲乙丙丁戊己庚辛", min_size=5, max_size=60)


def grams(text: str, size: int = 5) -> set[str]:
    return set(ngrams(text, size))


def candidates(left: Sequence[str], right: Sequence[str]) -> tuple[tuple[int, int], ...]:
    sides = (
        bands(signatures(shingles(texts, 5), len(texts)), np.arange(len(texts)))
        for texts in (left, right)
    )
    return tuple((i, j) for i, j, _ in overlaps(*sides))


@settings(max_examples=200)
@given(TEXTS, TEXTS, st.integers(1, 6))
def test_shared_ngrams_are_counted(left: list[str], right: list[str], size: int) -> None:
    assert list(overlaps(shingles(left, size), shingles(right, size))) == [
        (i, j, len(common))
        for i, mine in enumerate(left)
        for j, theirs in enumerate(right)
        if (common := grams(mine, size) & grams(theirs, size))
    ]


def test_counts_are_the_same_in_many_portions(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = ["abcabc", "bcab", "cab", "xyz", "abc"]
    whole = overlaps(shingles(texts, 2), shingles(texts, 2))
    monkeypatch.setattr("xiangsheng.text.shingles._AT_ONCE", 2)
    assert overlaps(shingles(texts, 2), shingles(texts, 2)) == whole


@given(TEXTS, TEXTS, st.sampled_from([0.3, 0.5, 0.8, 1.0]))
def test_who_is_alike_is_found(left: list[str], right: list[str], least: float) -> None:
    assert list(alike(shingles(left, 2), shingles(right, 2), least)) == [
        (i, j, found)
        for i, mine in enumerate(left)
        for j, theirs in enumerate(right)
        if (found := jaccard(grams(mine, 2), grams(theirs, 2))) >= least
    ]


@settings(max_examples=300)
@given(LONG, st.data())
def test_near_duplicates_are_candidates(text: str, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(text)))
    other = text[:place] + data.draw(st.text("甲乙丙", max_size=3)) + text[place:]
    if jaccard(grams(text), grams(other)) >= 0.8:
        assert candidates([text], [other]) == ((0, 0),)


def test_what_is_alike_by_a_third_is_seldom_looked_at() -> None:
    texts = ["".join(map(chr, range(k * 60 + 1000, k * 60 + 1060))) for k in range(200)]
    halves = [text[:30] + text[::-1][30:] for text in texts]
    assert all(0.2 < jaccard(grams(a), grams(b)) < 0.4 for a, b in zip(texts, halves, strict=True))
    found = candidates(texts, halves)
    assert 10 < len(found) < 90
    assert all(i == j for i, j in found)


@given(st.lists(LONG, min_size=1, max_size=4))
def test_the_signature_of_a_union_is_the_least_of_its_parts(texts: list[str]) -> None:
    apart = signatures(shingles(texts, 5), len(texts))
    together = signatures(shingles(["\n".join(texts)], 5), 1)
    separate = {gram for text in texts for gram in grams(text)}
    if separate == grams("\n".join(texts)):  # one text only: no n-gram crosses a border
        assert (apart.min(axis=0) == together[0]).all()
    twice = signatures(shingles([texts[0], texts[0] + texts[0]], 5), 2)
    assert (twice[1] <= twice[0]).all()


def test_empty_sets_are_nobodys_neighbours() -> None:
    assert candidates(["", "短"], ["", "短"]) == ()
