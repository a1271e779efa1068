"""What is found while texts go by, against what is obvious once one has them all."""

import sys
from collections.abc import Sequence
from os.path import commonprefix

from hypothesis import given
from hypothesis import strategies as st

from xiangsheng.prepare.checking.affixes import (
    CommonPrefix,
    CommonSuffix,
    Marks,
    all_start,
    stands_within,
)
from xiangsheng.prepare.checking.letters import Letters
from xiangsheng.prepare.checking.survey import COMPLETION_MARKS, PROMPT_MARKS, Column

# Few characters, so that texts share much; a NUL, because texts are joined by one.
FEW = st.text("a好\0\n", max_size=6)
ANY = st.lists(st.lists(FEW, max_size=4), max_size=4)
ALIKE = st.builds(
    lambda batches, start, end: [[start + text + end for text in batch] for batch in batches],
    ANY,
    FEW,
    FEW,
)
BATCHES = ANY | ALIKE


def told(batches: Sequence[Sequence[str]]) -> Column:
    """Batches go by, the way `gather` lets them; then the ending is asked for again if need be."""
    column = Column.of(())
    for texts in batches:
        column.observe(texts)
    suffix = column.suffix
    if suffix.text and suffix.doubtful and not suffix.within:
        suffix.within = any(
            stands_within(texts, "\0".join(texts), suffix.text) for texts in batches
        )
    return column


@given(BATCHES)
def test_a_common_prefix_is_that_of_the_library(batches: list[list[str]]) -> None:
    texts = [text for batch in batches for text in batch]
    prefix = CommonPrefix()
    for batch in batches:
        prefix.observe(batch)
    assert prefix.text == commonprefix(texts)  # noqa: RUF071 texts, no paths
    if texts:
        assert prefix.is_all == (len(set(texts)) == 1)


@given(BATCHES)
def test_a_common_suffix_is_a_prefix_from_behind(batches: list[list[str]]) -> None:
    texts = [text for batch in batches for text in batch]
    suffix = CommonSuffix()
    for batch in batches:
        suffix.observe(batch)
    mirrored = [text[::-1] for text in texts]
    assert (suffix.text or "") == commonprefix(mirrored)[::-1]  # noqa: RUF071 texts, no paths


@given(BATCHES)
def test_an_ending_stands_within_where_it_is_found_before_the_end(batches: list[list[str]]) -> None:
    texts = [text for batch in batches for text in batch]
    column = told(batches)
    if ending := column.suffix.text:
        within = any(text[: -len(ending)].find(ending) >= 0 for text in texts)
        assert column.suffix.within == within


@given(st.lists(st.text("ab", max_size=12), max_size=6), st.text("ab", min_size=1, max_size=3))
def test_an_ending_that_overlaps_itself(texts: list[str], ending: str) -> None:
    ended = [text + ending for text in texts]
    column = told([ended])
    if common := column.suffix.text:
        assert column.suffix.within == any(text[: -len(common)].find(common) >= 0 for text in ended)


@given(st.lists(st.lists(st.text(" ->\n#=.END*+&$@%\0", max_size=8), max_size=4), max_size=4))
def test_marks_are_free_where_no_text_has_them(batches: list[list[str]]) -> None:
    texts = [text for batch in batches for text in batch]
    for known in (PROMPT_MARKS, COMPLETION_MARKS):
        marks = Marks(known)
        for batch in batches:
            marks.observe("\0".join(batch))
        assert marks.free == tuple(
            mark for mark in known if not any(mark in text for text in texts)
        )


@given(st.lists(FEW, max_size=4), FEW)
def test_all_start_as_each_does(texts: list[str], beginning: str) -> None:
    assert all_start(texts, beginning) == all(text.startswith(beginning) for text in texts)


def counted(text: str) -> tuple[int, int]:
    capitals = sum(letter.isalpha() and letter.isupper() for letter in text)
    return capitals, sum(letter.isalpha() and letter.islower() for letter in text)


def letters(text: str, *, exactly: bool = True) -> tuple[int, int]:
    found = Letters()
    found.add(text, exactly=exactly)
    return found.capitals, found.small


LETTERS = st.text(st.characters() | st.sampled_from("aZ好ßΩｱＡ。🄰𝐀İǅ"), max_size=30)


@given(LETTERS)
def test_letters_are_those_that_the_library_says_yes_to(text: str) -> None:
    assert letters(text) == counted(text)


def test_every_letter_of_unicode_is_counted_alone() -> None:
    """Alone, because what else a text holds may make it be looked at."""
    cased = [
        character
        for character in map(chr, range(sys.maxunicode + 1))
        if character.isupper() or character.islower()
    ]
    assert len(cased) > 2500
    for character in cased:
        assert letters(character, exactly=False) == counted(character), ascii(character)


@given(st.lists(LETTERS | st.text("好。ABcＡ", max_size=20), max_size=5))
def test_what_stays_unseen_in_chinese_changes_nothing_or_is_in_doubt(texts: list[str]) -> None:
    quick, exact = Letters(), Letters()
    for text in texts:
        quick.add(text)
        exact.add(text, exactly=True)
    assert quick.in_doubt or quick.shouting == exact.shouting


def test_chinese_is_neither_and_is_counted() -> None:
    found = Letters()
    found.add("您好，OK？我们aB")
    assert (found.capitals, found.small, found.wide) == (3, 1, 4)
