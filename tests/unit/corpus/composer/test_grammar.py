"""Rules, weights and tags; plots and their beats; mistakes are named with their line."""

from collections.abc import Sequence

import pytest

from xiangsheng.corpus.composer.grammar import joined, rules
from xiangsheng.corpus.composer.plot import Beat, Binding, Maybe, Repeat, plot


def numbered(text: str) -> Sequence[tuple[int, str]]:
    return list(enumerate(text.strip().splitlines(), start=1))


def test_rules_have_alternatives_with_weights_and_tags() -> None:
    found = rules(numbered("= a\n好 %3\n不好 #抱怨 #京味 // why\n\n// nothing\n= b\n{a}\n"), "x")
    assert list(found) == ["a", "b"]
    assert [one.weight for one in found["a"].alternatives] == [3, 1]
    assert found["a"].alternatives[1].tags == {"抱怨", "京味"}


def test_rules_of_one_name_are_joined() -> None:
    one, other = rules(numbered("= a\n一\n= a\n二"), "x"), rules(numbered("= a\n三"), "y")
    texts = [alternative.expression for alternative in joined(one, other)["a"].alternatives]
    assert texts == [("一",), ("二",), ("三",)]


@pytest.mark.parametrize(("text", "where"), [("好", "x:1"), ("= a\n好\n{坏", "x:3")])
def test_a_mistake_is_named_with_its_line(text: str, where: str) -> None:
    with pytest.raises(ValueError, match=where):
        rules(numbered(text), "x")


PLOT = """
plot 听岔
device 误会
facts item n
bind item thing
bind n number 3 12
甲 open
repeat 2 4
fresh other thing
乙 step
maybe 60
甲 aside
end
end
bind total sum n*price
"""


def test_a_plot_is_steps_within_steps() -> None:
    found = plot(numbered(PLOT), "x")
    assert (found.name, found.device, found.facts) == ("听岔", "误会", ("item", "n"))
    assert found.steps == (
        Binding("item", "thing"),
        Binding("n", "number", 3, 12),
        Beat("甲", "open"),
        Repeat(
            2,
            4,
            (Binding("other", "thing"), Beat("乙", "step"), Maybe(60, (Beat("甲", "aside"),))),
        ),
        Binding("total", "sum n*price"),
    )


@pytest.mark.parametrize(
    ("text", "where"),
    [("plot a\n丙 open", "x:2"), ("plot a\nrepeat 1 2\n甲 a", "x:2"), ("甲 a\nend", "x:2")],
)
def test_a_plot_that_makes_no_sense_is_refused(text: str, where: str) -> None:
    with pytest.raises(ValueError, match=where):
        plot(numbered(text), "x")
