from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xiangsheng.backends.ngram import NgramModel, Piece
from xiangsheng.backends.ngram.tune import once, shared
from xiangsheng.backends.ngram.weight import DEFAULT, LEAST, MOST, estimate
from xiangsheng.core.example import Example, Span


def turns(script: str, lines: list[str], split: str = "train") -> Iterator[Example]:
    for place in range(1, len(lines)):
        spans = (Span("".join(lines[:place]), False), Span(lines[place], True))
        yield Example(script, spans, split=split)


@given(st.text("ab", max_size=12), st.text("ab", max_size=12))
def test_shared_is_the_length_of_the_common_beginning(one: str, other: str) -> None:
    size = shared(one, other)
    assert one[:size] == other[:size]
    assert size == min(len(one), len(other)) or one[size] != other[size]


def test_a_turn_by_turn_set_is_counted_once() -> None:
    lines = ["0: 一\n", "1: 二二二二二二二\n", "0: 三\n"]
    learned, held = once([*turns("a", lines), *turns("b", lines)])
    pieces = [Piece("0: 一\n1: 二二二二二二二\n"), Piece("0: 三\n", before=lines[1][-8:])]
    assert learned == {"a": pieces, "b": pieces}
    assert held == []


def test_other_splits_are_held_out() -> None:
    lines = ["0: 一\n", "1: 二\n"]
    learned, held = once([*turns("a", lines), *turns("a", lines, "test")])
    assert learned == {"a": [Piece("0: 一\n1: 二\n")]}
    assert held == learned["a"]


def test_prompts_are_learned_too() -> None:
    example = Example("a", (Span("问", False), Span("答", True)))
    learned, _ = once([example])
    assert learned["a"] == [Piece("问答")]


def test_the_weight_is_high_for_new_text_and_low_for_old() -> None:
    base = NgramModel.train(["甲乙丙丁戊己庚辛壬癸" * 3], 3)
    new = {str(n): [Piece("子丑寅卯" * 5)] for n in range(10)}
    old = {"a": [Piece("甲乙丙丁")], "b": [Piece("戊己庚辛")]}
    assert estimate(base, new) == MOST
    assert LEAST <= estimate(base, old) < 0.4


def test_a_single_script_gets_the_default_weight() -> None:
    base = NgramModel.train(["甲"], 3)
    assert estimate(base, {"a": [Piece("乙")]}) == DEFAULT


def test_the_estimate_is_the_most_likely_weight() -> None:
    base = NgramModel.train(["甲乙丙丁戊" * 4, "丙丁甲"], 3)
    scripts = {str(n): [Piece("甲丙乙" * (n % 3 + 1) + "丁戊")] for n in range(10)}
    best = estimate(base, scripts)
    kept = [piece for n in range(9) for piece in scripts[str(n)]]

    def cost(weight: float) -> float:
        return base.tuned(kept, weight).nats_per_character(scripts["9"])

    assert cost(best) == pytest.approx(min(cost(w / 100) for w in range(5, 96)), abs=1e-3)
