"""Looking at few pairs of scripts, against looking at all of them."""

from hypothesis import given, settings
from hypothesis import strategies as st

from scripts import edited, said, script
from xiangsheng.corpus.folding import FoldedScript
from xiangsheng.corpus.likeness import Bounds, Kind, likenesses
from xiangsheng.corpus.relatives import relatives

LINES = st.one_of(
    st.builds(said, st.integers(0, 30), st.integers(1, 9)),
    st.builds(
        lambda seed, random: edited(said(seed, 12), random),
        st.integers(0, 30),
        st.randoms(use_true_random=False),
    ),
)
SCRIPTS = st.lists(st.lists(LINES, min_size=2, max_size=14), min_size=1, max_size=4)


@settings(max_examples=150)
@given(SCRIPTS, SCRIPTS)
def test_every_related_pair_is_looked_at(left: list[list[str]], right: list[list[str]]) -> None:
    ours, theirs = (
        [FoldedScript.of(script(str(n), lines)) for n, lines in enumerate(side)]
        for side in (left, right)
    )
    bounds = Bounds()
    looked_at = set(relatives(ours, theirs, bounds))
    for i, one in enumerate(ours):
        for j, other in enumerate(theirs):
            found = likenesses(one, other, bounds)
            if found and (i, j) not in looked_at:
                # A version of which no ten characters in a row are left is not looked for.
                assert [like.kind for like in found] == [Kind.VERSION]
                assert found[0].size < bounds.line
            mirrored = likenesses(other, one, bounds)
            assert {like.kind for like in found} - {Kind.LINE, Kind.NEAR_LINE} == {
                like.kind for like in mirrored
            } - {Kind.LINE, Kind.NEAR_LINE}
            assert bool(found) == bool(mirrored)


@settings(max_examples=60)
@given(SCRIPTS)
def test_what_is_said_of_a_pair_is_true(side: list[list[str]]) -> None:
    scripts = [FoldedScript.of(script(str(n), lines)) for n, lines in enumerate(side)]
    for like in likenesses(scripts[0], scripts[-1], Bounds()):
        for passage, one in ((like.left, scripts[0]), (like.right, scripts[-1])):
            whole = [line.text for line in one.script.lines[passage.first - 1 : passage.last]]
            assert passage.text in "\n".join(whole)
            assert passage.text.count("\n") == len(whole) - 1
        assert 0 < like.share <= 1
