"""What is a leak, what is none, and where it is said to be."""

from dataclasses import replace
from random import Random

import pytest

from scripts import edited, said, script, stranger
from xiangsheng.core.script import Script
from xiangsheng.corpus.leaks import Leaks, leaks
from xiangsheng.corpus.likeness import Bounds, Kind, Likeness

TRAIN = tuple(map(stranger, range(12)))
TEST = tuple(map(stranger, range(100, 104)))


def planted(lines: list[str], *, inside: bool = True) -> Leaks:
    """`lines` put into the middle of a training script, or as one of its own."""
    if not inside:
        return leaks((*TRAIN, script("planted", lines)), TEST)
    texts = [line.text for line in TRAIN[3].lines]
    return leaks((*TRAIN[:3], script("planted", texts[:9] + lines + texts[9:])), TEST)


def texts_of(one: Script) -> list[str]:
    return [line.text for line in one.lines]


def only(found: Leaks) -> tuple[Likeness, ...]:
    (pair,) = found.related
    assert (pair.test, pair.train) == ("s101", "planted")
    return pair.found


def test_strangers_share_nothing() -> None:
    found = leaks(TRAIN, TEST)
    assert found.related == ()
    assert found.below is None or found.below.size < Bounds().run


@pytest.mark.parametrize("inside", [True, False])
def test_a_script_as_it_is(inside: bool) -> None:  # noqa: FBT001
    version, passage, run = only(planted(texts_of(TEST[1]), inside=inside))
    assert (version.kind, version.share) == (Kind.VERSION, 1.0)
    assert (passage.kind, passage.share) == (Kind.PASSAGE, 1.0)
    assert (passage.left.first, passage.left.last) == (1, 20)
    assert passage.left.text == passage.right.text == "\n".join(texts_of(TEST[1]))
    first = 10 if inside else 1
    assert (run.right.first, run.right.last) == (first, first + 19)
    assert run.size == version.size == 20 * 18


@pytest.mark.parametrize("inside", [True, False])
@pytest.mark.parametrize("seed", range(5))
def test_a_script_with_a_tenth_of_its_characters_edited(seed: int, inside: bool) -> None:  # noqa: FBT001
    random = Random(seed)
    lines = [edited(text, random) for text in texts_of(TEST[1])]
    assert only(planted(lines, inside=inside))[0].kind is Kind.VERSION


def test_lines_in_another_order() -> None:
    lines = texts_of(TEST[1])
    Random(1).shuffle(lines)
    found = only(planted(lines))
    assert found[0].kind is Kind.VERSION
    again = [n for one in found[1:] for n in range(one.left.first, one.left.last + 1)]
    assert sorted(again) == list(range(1, 21))


def test_ten_lines_in_another_order_are_a_passage() -> None:
    lines = texts_of(TEST[1])[4:14]
    Random(1).shuffle(lines)
    found = {one.kind: one for one in only(planted(lines))}
    assert (found[Kind.PASSAGE].left.first, found[Kind.PASSAGE].left.last) == (5, 14)
    assert (found[Kind.PASSAGE].right.first, found[Kind.PASSAGE].right.last) == (10, 19)
    assert Kind.LINE not in found, "each lies within the passage"


def test_short_replies_together_are_a_passage_in_any_order() -> None:
    """No line is long enough to count alone, and no run is."""
    replies = [said(n, 4).replace("，", "")[:8] for n in range(10)]
    tests = (script("t", [*replies, said(77), said(78)]),)
    mixed = [*replies[::2], *replies[1::2]]
    (pair,) = leaks((script("p", [said(88), *mixed]),), tests).related
    assert pair.found[0].kind in {Kind.VERSION, Kind.PASSAGE}
    assert Kind.PASSAGE in {one.kind for one in pair.found}


def test_other_punctuation_width_and_characters() -> None:
    test = script("s101", ["他們說：「這裡沒有那麼著急的事兒呀！」", "ＯＫ？"])
    train = script("planted", [said(5), "他们说这里没有那么着急的事儿呀……", "ok"])
    (pair,) = leaks((train,), (test,)).related
    (line,) = pair.found
    assert (line.kind, line.size) == (Kind.LINE, 15)
    assert line.left.text == "他們說：「這裡沒有那麼著急的事兒呀！」"
    assert line.right.text == "他们说这里没有那么着急的事儿呀……"


def test_half_of_a_line() -> None:
    long = said(7, 24)
    tests = (script("s101", [said(1), long, *map(said, range(10, 20))]),)
    half = long[: len(long) // 2 + 1]
    train = script("planted", [said(3), f"您听听，{half}，是不是？", *map(said, range(20, 30))])
    (pair,) = leaks((train,), tests).related
    (run,) = pair.found
    assert (run.kind, run.size) == (Kind.RUN, 25)
    assert run.left.first == run.right.last == 2
    assert run.left.text == run.right.text == half
    assert half in long


def test_a_run_across_line_ends_is_shown_as_it_stands_on_each_side() -> None:
    text = said(7, 12)
    one, other = text[:10], text[10:]
    test = script("s101", [said(1), f"哎，{one}", f"{other}，走"])
    train = script("planted", [f"嗯{text}？", said(2)])
    (pair,) = leaks((train,), (test,)).related
    run = next(one for one in pair.found if one.kind is Kind.RUN)
    assert run.left.text == f"{one}\n{other[:-1]}"
    assert (run.left.first, run.left.last) == (2, 3)
    assert (run.right.text, run.right.first) == (text[:-1], 1)


def test_stock_replies_are_no_leaks() -> None:
    stock = ["您这是怎么回事呀？", "这还差不多！", "各位观众，大家好！", "那可不行！"]
    found = leaks((script("a", [said(1), *stock]),), (script("b", [*stock, said(2)]),))
    assert [one.kind for pair in found.related for one in pair.found] == [Kind.RUN], (
        "apart they are nothing, one after the other they are a run of 26"
    )
    apart = [stock[0], said(2), stock[1], said(3), stock[2], said(4), stock[3]]
    found = leaks((script("a", [said(1), *stock]),), (script("b", apart),))
    assert found.related == ()


def test_the_bounds_are_where_they_are_said_to_be() -> None:
    text = said(7, 12).replace("，", "")
    train = (script("a", [f"甲{text}乙", said(1)]),)
    for size, expected in ((19, 0), (20, 1)):
        test = (script("b", [f"丙{text[:size]}丁", said(2)]),)
        found = leaks(train, test)
        assert len(found.related) == expected
        if not expected:
            assert found.below is not None
            assert (found.below.size, found.below.left.text) == (19, text[:19])
        assert len(leaks(train, test, Bounds(run=19)).related) == 1
    for size, expected in ((9, 0), (10, 1)):
        train = (script("a", [text[:size], said(1)]),)
        found = leaks(train, (script("b", [f"{text[:size]}！", said(2)]),))
        assert len(found.related) == expected


def test_a_line_with_one_character_more_is_nearly_the_same() -> None:
    text = said(7, 9)
    found = leaks((script("a", [text, said(1)]),), (script("b", [f"哎{text}", said(2)]),))
    (near,) = found.related[0].found
    assert (near.kind, near.size) == (Kind.NEAR_LINE, 19)
    assert 0.9 < near.share < 1


def test_words_in_a_circle_have_the_same_ngrams_and_are_not_the_same_line() -> None:
    turn = "一二三四五六"
    found = leaks((script("a", [turn * 3, "好"]),), (script("b", [turn * 3 + turn, "坏"]),))
    assert Kind.LINE not in {one.kind for pair in found.related for one in pair.found}


def test_the_order_of_scripts_changes_nothing() -> None:
    train = (*TRAIN, replace(TEST[2], id="p"), script("q", texts_of(TEST[0])[:3]))
    assert leaks(train, TEST) == leaks(train[::-1], TEST[::-1])


def test_nothing_on_one_side_is_no_leak() -> None:
    assert leaks((), TEST) == leaks(TRAIN, ()) == Leaks((), None)
