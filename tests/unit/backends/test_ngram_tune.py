from collections.abc import Iterator

from hypothesis import given
from hypothesis import strategies as st

from xiangsheng.backends.ngram import Piece
from xiangsheng.backends.ngram.tune import once, shared
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
    assert learned == pieces * 2
    assert held == []


def test_other_splits_are_held_out() -> None:
    lines = ["0: 一\n", "1: 二\n"]
    learned, held = once([*turns("a", lines), *turns("a", lines, "test")])
    assert learned == [Piece("0: 一\n1: 二\n")]
    assert held == learned


def test_prompts_are_learned_too() -> None:
    example = Example("a", (Span("问", False), Span("答", True)))
    learned, _ = once([example])
    assert learned == [Piece("问答")]
