"""Any corpus divided: related scripts stay together, and nothing but the seed decides."""

from random import Random

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from scripts import said, script
from xiangsheng.core.errors import UsageError
from xiangsheng.core.script import Script
from xiangsheng.corpus.folding import FoldedScript
from xiangsheng.corpus.groups import grouped
from xiangsheng.corpus.leaks import leaks
from xiangsheng.corpus.likeness import Bounds, Kind, likenesses
from xiangsheng.corpus.split import Split, split

# Few lines to choose from, so that scripts share some of them.
LINES = st.lists(st.builds(said, st.integers(0, 40)), min_size=2, max_size=5)


@st.composite
def corpora(draw: st.DrawFn) -> tuple[Script, ...]:
    found = draw(st.lists(LINES, min_size=2, max_size=9))
    return tuple(script(f"s{number}", lines) for number, lines in enumerate(found))


def components(scripts: tuple[Script, ...]) -> set[frozenset[str]]:
    """Scripts between which a chain of likenesses leads, by looking at every pair."""
    sets = {one.id: {one.id} for one in scripts}
    for i, one in enumerate(scripts):
        for other in scripts[i + 1 :]:
            if likenesses(FoldedScript.of(one), FoldedScript.of(other), Bounds()):
                sets[one.id] |= sets[other.id]
                for name in sets[one.id]:
                    sets[name] = sets[one.id]
    return {frozenset(names) for names in sets.values()}


def ids(made: Split) -> dict[str, set[str]]:
    return {name: {one.id for one in side} for name, side in made.sides.items()}


@settings(max_examples=60)
@given(corpora())
def test_groups_are_the_components(scripts: tuple[Script, ...]) -> None:
    groups = grouped(scripts, Bounds())
    assert {frozenset(one.id for one in group.scripts) for group in groups} == components(scripts)
    for group in groups:
        assert len(group.ties) == len(group.scripts) - 1
        names = {one.id for one in group.scripts}
        assert all({tie.left.script, tie.right.script} <= names for tie in group.ties)


@settings(max_examples=100)
@given(corpora(), st.integers(1, 4), st.integers(0, 3), st.integers(0, 5))
def test_no_group_is_divided_and_nothing_leaks(
    scripts: tuple[Script, ...], test: int, valid: int, seed: int
) -> None:
    assume(test + valid < len(scripts))
    try:
        made = split(scripts, test, valid, seed)
    except UsageError:
        # Nothing is small enough for the test, or nothing of what is left for validation.
        assert valid or min(map(len, components(scripts))) > test
        return
    sides = ids(made)
    assert sorted(name for side in sides.values() for name in side) == sorted(
        one.id for one in scripts
    )
    assert 1 <= len(made.test) <= test
    assert len(made.valid) <= valid
    assert made.train
    for group in components(scripts):
        assert sum(bool(group & side) for side in sides.values()) == 1
    for one in (made.test, made.valid):
        assert leaks(made.train, one).related == ()
    assert leaks(made.test, made.valid).related == ()


@settings(max_examples=60)
@given(corpora(), st.integers(0, 3), st.randoms(use_true_random=False))
def test_the_seed_decides_and_the_order_does_not(
    scripts: tuple[Script, ...], seed: int, random: Random
) -> None:
    mixed = random.sample(scripts, len(scripts))
    try:
        made = split(scripts, 1, 0, seed)
    except UsageError:
        return
    assert split(scripts, 1, 0, seed) == made
    again = split(mixed, 1, 0, seed)
    assert (ids(again), again.groups) == (ids(made), made.groups)
    assert [one.id for one in again.train] == [
        one.id for one in mixed if one.id in ids(made)["train"]
    ]


def test_another_seed_is_another_split() -> None:
    scripts = tuple(script(f"s{n}", [said(100 + n), said(200 + n)]) for n in range(20))
    drawn = {frozenset(ids(split(scripts, 3, 0, seed))["test"]) for seed in range(20)}
    assert len(drawn) > 10
    assert len({name for names in drawn for name in names}) == 20, "everybody's turn comes"


def test_other_scripts_hardly_matter() -> None:
    """One more script takes one place at most."""
    scripts = tuple(script(f"s{n}", [said(100 + n), said(200 + n)]) for n in range(20))
    for seed in range(10):
        before = ids(split(scripts[:-1], 5, 0, seed))["test"]
        after = ids(split(scripts, 5, 0, seed))["test"]
        assert len(before - after) <= 1
        assert after - before <= {"s19"}


def test_a_chain_of_likenesses_is_one_group() -> None:
    one, two, three = said(1, 12), said(2, 12), said(3, 12)
    fill = [said(n) for n in range(20, 60)]
    scripts = (
        script("a", [one, *fill[:8]]),
        script("b", [one, two, *fill[10:18]]),
        script("c", [two, *fill[20:28]]),
        script("d", [three, *fill[30:38]]),
    )
    first, second = grouped(scripts, Bounds())
    assert [one.id for one in first.scripts] == ["a", "b", "c"]
    assert {tie.kind for tie in first.ties} == {Kind.RUN}
    assert [one.id for one in second.scripts] == ["d"]
