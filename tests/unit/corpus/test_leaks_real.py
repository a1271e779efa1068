"""The real training scripts and the real test set: as they are, and with every test script planted."""

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from random import Random

import opencc
import pytest

from scripts import edited
from support import c3_folder
from xiangsheng.core.script import Line, Script
from xiangsheng.corpus.leaks import leaks
from xiangsheng.corpus.likeness import Bounds, Kind
from xiangsheng.corpus.reading import read
from xiangsheng.text.comparing import fold

pytestmark = pytest.mark.real_data
Lines = list[Line]
LEAK = ("48", "123")


@cache
def real() -> tuple[tuple[Script, ...], tuple[Script, ...]]:
    folder = c3_folder()
    return read(folder / "scripts").scripts, read(folder / "test_filter_50x20.txt").scripts


def test_one_pair_of_real_scripts_shares_a_long_run() -> None:
    train, test = real()
    found = leaks(train, test)
    (pair,) = found.related
    assert (pair.test, pair.train) == LEAK
    (run,) = pair.found
    assert (run.kind, run.size, run.left.first, run.right.first) == (Kind.RUN, 41, 20, 99)
    assert found.below is not None
    assert found.below.size == 11


@pytest.mark.parametrize("bound", [12, 41])
def test_every_bound_between_chance_and_the_leak_separates_them(bound: int) -> None:
    assert [(pair.test, pair.train) for pair in leaks(*real(), Bounds(run=bound)).related] == [LEAK]


def test_beyond_them_it_does_not() -> None:
    assert len(leaks(*real(), Bounds(run=11)).related) > 1
    assert leaks(*real(), Bounds(run=42)).related == ()


def as_it_is(lines: Lines, _random: Random) -> Lines:
    return lines


def a_tenth_edited(lines: Lines, random: Random) -> Lines:
    return [replace(line, text=edited(line.text, random)) for line in lines]


def reordered(lines: Lines, random: Random) -> Lines:
    return random.sample(lines, len(lines))


def in_taiwan(lines: Lines, _random: Random) -> Lines:
    return [replace(line, text=taiwanese().convert(line.text)) for line in lines]


@cache
def taiwanese() -> opencc.OpenCC:
    return opencc.OpenCC("s2twp")


@pytest.mark.parametrize("change", [as_it_is, a_tenth_edited, reordered, in_taiwan])
def test_every_test_script_planted_in_a_training_script_is_found(
    change: Callable[[Lines, Random], Lines],
) -> None:
    random = Random(1)
    train, test = list(real()[0]), real()[1]
    planted = set()
    for place, script in zip(random.sample(range(len(train)), len(test)), test, strict=True):
        lines, other = change(list(script.lines), random), train[place]
        at = random.randrange(len(other.lines))
        train[place] = replace(other, lines=(*other.lines[:at], *lines, *other.lines[at:]))
        planted.add((script.id, other.id))
    found = {(pair.test, pair.train): pair.found[0].kind for pair in leaks(train, test).related}
    assert set(found) == {*planted, LEAK}
    assert {found[pair] for pair in planted} == {Kind.VERSION}


def test_half_of_a_line_planted_is_found_where_it_is_long_enough() -> None:
    random = Random(1)
    train, test = list(real()[0]), real()[1]
    planted = set()
    for place, script in zip(random.sample(range(len(train)), len(test)), test, strict=True):
        longest = max(script.lines, key=lambda line: len(fold(line.text)))
        half = longest.text[: (len(longest.text) + 1) // 2]
        line = replace(longest, text=f"您瞧，{half}，这叫什么事儿啊。")
        train[place] = replace(train[place], lines=(*train[place].lines, line))
        if len(fold(half)) >= Bounds().run:
            planted.add((script.id, train[place].id))
    assert len(planted) > 25
    assert {(pair.test, pair.train) for pair in leaks(train, test).related} == {*planted, LEAK}
