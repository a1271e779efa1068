"""Plots, topics, moods and registers become scripts."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random

from xiangsheng.core.script import Line, Provenance, Role, Script, Speaker
from xiangsheng.corpus.composer.grammar import Grammar, joined
from xiangsheng.corpus.composer.library import Library
from xiangsheng.corpus.composer.plot import Beat, Binding, Maybe, Plot, Repeat, Step
from xiangsheng.corpus.composer.voice import Voice
from xiangsheng.corpus.variety import LONG

VERSION = 1
"""Goes up when a seed would give other scripts."""
MOODS = ("得意", "抱怨", "着急", "热心", "委屈", "神秘")
REGISTERS = ("京味", "平实", "文气")
TRIES = 12


@dataclass(frozen=True, slots=True)
class Fact:
    """What a slot holds, and where it was said: places of lines, from 0."""

    slot: str
    text: str
    said: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Composed:
    script: Script
    plot: str
    topic: str
    facts: tuple[Fact, ...]

    @property
    def refers_back(self) -> bool:
        """Whether a fact that one speaker stated is taken up by the other, later."""
        speakers = [line.speaker for line in self.script.lines]
        return any(
            speakers[fact.said[0]] != speakers[place] for fact in self.facts for place in fact.said
        )


def compose(library: Library, characters: int, seed: int) -> Iterator[Composed]:
    """Scripts until their lines have so many characters; no long line comes twice."""
    taken: set[str] = set()
    plan, number, left = _Plan(library, seed), 0, characters
    while left > 0:
        composed = plan.script(number, taken)
        yield composed
        left -= sum(len(line.text) for line in composed.script.lines)
        number += 1


@dataclass(slots=True)
class _Plan:
    """Grammars are joined once a plot and topic."""

    library: Library
    seed: int
    _grammars: dict[tuple[int, str], Grammar] = field(default_factory=dict)

    def script(self, number: int, taken: set[str]) -> Composed:
        random = Random(f"composer {VERSION} {self.seed} {number}")  # noqa: S311 no secret
        which = random.randrange(len(self.library.plots))
        topic = random.choice(list(self.library.topics))
        tags = frozenset((random.choice(MOODS), random.choice(REGISTERS)))
        plot, _ = self.library.plots[which]
        writer = _Writer(Voice(random, self._grammar(which, topic), tags), taken)
        writer.voice.told = writer.tell
        writer.follow(plot.steps)
        return writer.composed(plot, topic, f"composed-{self.seed}-{number + 1:05}")

    def _grammar(self, which: int, topic: str) -> Grammar:
        key = (which, topic)
        if key not in self._grammars:
            own = self.library.plots[which][1]
            self._grammars[key] = joined(self.library.common, self.library.topics[topic], own)
        return self._grammars[key]


@dataclass(slots=True)
class _Writer:
    voice: Voice
    taken: set[str]
    lines: list[Line] = field(default_factory=list)
    said: dict[str, list[int]] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    _telling: list[str] = field(default_factory=list)

    def tell(self, slot: str) -> None:
        self._telling.append(slot)

    def follow(self, steps: tuple[Step, ...]) -> None:
        for step in steps:
            match step:
                case Beat(speaker, rule):
                    self._line("0" if speaker == "甲" else "1", rule)
                case Binding(slot, source, low, high):
                    self.voice.bind(slot, source, low, high)
                case Repeat(low, high, inner):
                    for _ in range(self.voice.random.randint(low, high)):
                        self.follow(inner)
                case Maybe(percent, inner):
                    if self.voice.random.randrange(100) < percent:
                        self.follow(inner)

    def _line(self, speaker: str, rule: str) -> None:
        for _ in range(TRIES):
            self._telling = []
            text = self.voice.say(rule)
            if len(text) < LONG or text not in self.taken:
                break
        if len(text) >= LONG:
            self.taken.add(text)
        for slot in self._telling:
            self.said.setdefault(slot, []).append(len(self.lines))
            self.texts.setdefault(slot, self.voice.slots[slot].text)
        self.lines.append(Line(speaker, text))

    def composed(self, plot: Plot, topic: str, name: str) -> Composed:
        facts = tuple(
            Fact(slot, self.texts[slot], tuple(self.said[slot]))
            for slot in plot.facts
            if slot in self.said
        )
        speakers = (Speaker("0", "甲", Role.DOUGEN), Speaker("1", "乙", Role.PENGEN))
        first = self.lines[0].speaker  # labels go by who speaks first
        script = Script(
            id=name,
            title=self.voice.say("title"),
            lines=tuple(
                Line("0" if line.speaker == first else "1", line.text) for line in self.lines
            ),
            genre="对口相声",
            speakers=speakers if first == "0" else _turned(speakers),
            provenance=Provenance(f"xiangsheng composer {VERSION}", "Apache-2.0"),
        )
        return Composed(script, plot.name, topic, facts)


def _turned(speakers: tuple[Speaker, Speaker]) -> tuple[Speaker, Speaker]:
    dougen, penggen = speakers
    return (
        Speaker("0", penggen.name, penggen.role),
        Speaker("1", dougen.name, dougen.role),
    )
