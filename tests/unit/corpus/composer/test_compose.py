"""What is composed: whole scripts, the same for a seed, no two alike, and facts that come back."""

import re
from collections.abc import Iterator
from itertools import pairwise

import pytest

from xiangsheng.core.errors import UsageError
from xiangsheng.corpus.composer.compose import MOODS, REGISTERS, Composed, compose
from xiangsheng.corpus.composer.expression import references
from xiangsheng.corpus.composer.grammar import Grammar, joined
from xiangsheng.corpus.composer.layouts import laid_out
from xiangsheng.corpus.composer.library import TOPIC_RULES, library
from xiangsheng.corpus.composer.openings import openings
from xiangsheng.corpus.composer.plot import Beat, Binding, Plot, Step
from xiangsheng.corpus.variety import share, variety

LIBRARY = library()


@pytest.fixture(scope="module")
def made() -> list[Composed]:
    return list(compose(LIBRARY, 150_000, 0))


def test_the_same_for_a_seed_and_another_for_another() -> None:
    first, again, other = (
        [one.script for one in compose(LIBRARY, 5_000, seed)] for seed in (3, 3, 4)
    )
    assert first == again
    assert not {script.lines for script in first} & {script.lines for script in other}
    assert first == [one.script for one in compose(LIBRARY, 9_000, 3)][: len(first)]


def test_so_many_characters_and_not_many_more(made: list[Composed]) -> None:
    sizes = [sum(len(line.text) for line in one.script.lines) for one in made]
    assert sum(sizes) >= 150_000 > sum(sizes[:-1])


def test_two_people_take_turns_in_whole_sentences(made: list[Composed]) -> None:
    for one in made:
        speakers = [line.speaker for line in one.script.lines]
        assert all(before != after for before, after in pairwise(speakers)), one.plot
        assert 16 <= len(speakers) <= 70, (one.plot, len(speakers))
        for line in one.script.lines:
            assert line.text[-1] in "。！？…”—：", line.text
            assert not re.search(r"[][{}|/#%]|[A-Za-z]{2}", line.text), line.text
    assert len({one.plot for one in made}) == len(LIBRARY.plots)


def test_no_long_line_comes_twice_and_scripts_are_not_alike(made: list[Composed]) -> None:
    found = variety([one.script for one in made], 20_000)
    assert found.identical == 0
    assert found.repeated < 0.05
    assert found.containment < 0.15


def test_a_fact_is_taken_up_by_the_other(made: list[Composed]) -> None:
    assert share(one.refers_back for one in made) >= 0.8
    for one in made:
        for fact in one.facts:
            assert list(fact.said) == sorted(fact.said)


def test_there_is_enough_to_draw_from() -> None:
    assert len(LIBRARY.plots) >= 12
    assert len({plot.name for plot, _ in LIBRARY.plots}) == len(LIBRARY.plots)
    parts = [name for own in LIBRARY.topics.values() for name in set(own) - set(TOPIC_RULES)]
    assert len(parts) == len(set(parts)), "a part of two topics"
    for topic, grammar in LIBRARY.topics.items():
        assert set(TOPIC_RULES) <= set(grammar), topic
        for rule in TOPIC_RULES:
            assert len(grammar[rule].alternatives) >= 8, (topic, rule)


def bound(steps: tuple[Step, ...]) -> Iterator[str]:
    for step in steps:
        match step:
            case Binding(slot, _):
                yield slot
            case Beat():
                pass
            case _:
                yield from bound(step.steps)


def begun(steps: tuple[Step, ...]) -> Iterator[str]:
    for step in steps:
        match step:
            case Binding(_, source):
                if source not in {"number", "money"} and not source.startswith("sum "):
                    yield source
            case Beat(_, rule):
                yield rule
            case _:
                yield from begun(step.steps)


def missing(grammar: Grammar, rules: Iterator[str], slots: set[str]) -> set[str]:
    """Names that are referred to and not there."""
    todo, seen, lacking = list(rules), set[str](), set[str]()
    while todo:
        name = todo.pop()
        if name in seen or name in slots:
            continue
        seen.add(name)
        if name not in grammar:
            parts = {part for term in name.split("+") for part in term.split("*")}
            if not ("+" in name or "*" in name) or any(
                part not in slots and not part.isdigit() for part in parts
            ):
                lacking.add(name)
            continue
        for alternative in grammar[name].alternatives:
            todo += references(alternative.expression)
    return lacking


@pytest.mark.parametrize("plot", LIBRARY.plots, ids=lambda plot: plot[0].name)
def test_every_name_is_there_with_every_topic(plot: tuple[Plot, Grammar]) -> None:
    skeleton, own = plot
    slots = set(bound(skeleton.steps))
    assert set(skeleton.facts) <= slots
    for topic, grammar in LIBRARY.topics.items():
        whole = joined(LIBRARY.common, grammar, own)
        assert missing(whole, begun(skeleton.steps), slots) == set(), topic
        assert missing(whole, iter(["title"]), slots) == set(), topic


def test_every_mood_and_register_has_something_to_say() -> None:
    for _, own in LIBRARY.plots:
        for name, rule in joined(LIBRARY.common, own).items():
            for mood in MOODS:
                for register in REGISTERS:
                    tags = {mood, register}
                    suiting = [a for a in rule.alternatives if not a.tags or a.tags & tags]
                    assert suiting, (name, mood, register)


@pytest.mark.parametrize("topic", ["超前消费", "装修", "量子力学", "{who}", "a|b[c]"])
@pytest.mark.parametrize("mood", ["", "抱怨", "神秘"])
def test_openings_on_any_topic(topic: str, mood: str) -> None:
    lines = list(openings(LIBRARY, topic, mood, 20, 0))
    assert len(set(lines)) == 20
    assert share(topic in line for line in lines) > 0.5
    assert lines == list(openings(LIBRARY, topic, mood, 20, 0))
    assert lines != list(openings(LIBRARY, topic, mood, 20, 1))


@pytest.mark.parametrize(("topic", "mood"), [("", ""), ("a\nb", ""), ("茶", "高兴")])
def test_openings_of_nothing_or_in_no_mood_are_refused(topic: str, mood: str) -> None:
    with pytest.raises(UsageError):
        list(openings(LIBRARY, topic, mood, 1, 0))


def test_layouts_by_turns(made: list[Composed]) -> None:
    script = made[0].script
    texts = [laid_out(script, number) for number in range(4)]
    assert texts[0] == texts[2] == "".join(f"{line.text}\n" for line in script.lines)
    assert texts[1].startswith(f"甲：{script.lines[0].text}\n乙：{script.lines[1].text}\n甲：")
    assert texts[3].startswith(f"0:{script.lines[0].text}\n1:{script.lines[1].text}\n0:")
