"""Estimates: what is counted, and how far they are from what is known."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support import c3_folder
from xiangsheng.corpus.study import study_data
from xiangsheng.tokens.counting import counter_for
from xiangsheng.tokens.estimates import EstimatingCounter, Rates, kinds

RATES = Rates(1.5, 1.0, 0.5, 2.0, error=0.1)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", (0, 0, 0, 0)),
        ("0:您好，world!\n", (2, 1, 4, 1)),
        ("two words  here", (0, 3, 0, 0)),
        ("don't", (0, 2, 1, 0)),
        ("２\t\u3000。é\ud800", (0, 0, 0, 6)),
        ("\u3400\uf900\U00020000", (3, 0, 0, 0)),
    ],
)
def test_characters_are_of_four_kinds(text: str, found: tuple[int, int, int, int]) -> None:
    assert kinds(text) == found


@given(st.text())
def test_every_character_but_spaces_and_letters_is_counted_once(text: str) -> None:
    han, words, marks, others = kinds(text)
    letters = sum(char.isascii() and char.isalpha() for char in text)
    assert han + marks + others == len(text) - letters - text.count(" ")
    assert (words > 0) == (letters > 0)


def test_a_count_is_the_sum_of_its_kinds() -> None:
    counter = EstimatingCounter("some", RATES)
    assert counter.count("0:您好，world!\n") == 2 * 1.5 + 1 + 4 * 0.5 + 2
    assert (counter.exact, counter.error) == (False, 0.1)


@given(st.lists(st.text(st.sampled_from("好a \n1。"), max_size=12), max_size=6))
def test_texts_together_are_estimated_as_each_alone(texts: list[str]) -> None:
    counter = EstimatingCounter("some", RATES)
    together = counter.count_all(texts)
    assert all(abs(a - counter.count(text)) <= 1 for a, text in zip(together, texts, strict=True))
    latest: list[list[int]] = []
    for text, (kept, pieces) in zip(texts, counter.pieces(iter(texts)), strict=True):
        latest = [*latest[:kept], *pieces]
        assert "".join(chr(char) for piece in latest for char in piece) == text


@pytest.mark.real_data
@pytest.mark.parametrize(
    ("model", "known"), [("gpt-4", 1.28), ("gpt-4o", 0.87), ("zhipu:glm-4", 0.87)]
)
def test_estimates_of_the_test_scripts_lie_within_their_error(model: str, known: float) -> None:
    lines = [line.text for script in study_data(c3_folder()).test for line in script.lines]
    counter = counter_for(model)
    estimate = counter.count("\n".join(lines)) / sum(map(len, lines))
    assert abs(known / estimate - 1) < counter.error
