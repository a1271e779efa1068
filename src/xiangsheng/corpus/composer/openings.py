"""Opening lines on any topic: what the 2022 project took from the news, from the same grammar."""

from collections.abc import Iterator
from random import Random

from xiangsheng.core.errors import UsageError
from xiangsheng.corpus.composer.compose import MOODS, REGISTERS, VERSION
from xiangsheng.corpus.composer.grammar import Alternative, Grammar, Rule, joined
from xiangsheng.corpus.composer.library import Library
from xiangsheng.corpus.composer.voice import Slot, Voice

TRIES = 40


def openings(library: Library, topic: str, mood: str, count: int, seed: int) -> Iterator[str]:
    """`count` lines, different as far as the grammar goes.

    A topic without a file of its own is talked about by its name. An empty mood is drawn for each
    line. Raises UsageError for an unknown mood, and for a topic of more than one line.
    """
    if mood and mood not in MOODS:
        raise UsageError(
            f"there is no mood {mood!r}", hint=f"moods are {', '.join(MOODS)}", code="mood"
        )
    if not topic.strip() or len(topic.splitlines()) > 1:
        raise UsageError("a topic is one or a few words", hint="--topic 超前消费", code="topic")
    grammar = joined(library.common, library.topics.get(topic) or _unknown(library, topic))
    said: set[str] = set()
    for number in range(count):
        random = Random(f"openings {VERSION} {seed} {topic} {mood} {number}")  # noqa: S311 no secret
        tags = frozenset((mood or random.choice(MOODS), random.choice(REGISTERS)))
        voice = Voice(random, grammar, tags, slots={"topic": Slot(topic)})
        for _ in range(TRIES):
            line = voice.say("opening")
            if line not in said:
                break
        said.add(line)
        yield line


def _unknown(library: Library, topic: str) -> Grammar:
    """A topic that is only a name: it is the thing, and the rest is from all walks of life."""
    every = {
        name.removeprefix("any-"): rule
        for name, rule in library.common.items()
        if name.startswith("any-")
    }
    doing = Rule.of(Alternative((verb, topic)) for verb in ("琢磨", "打听", "研究", "张罗", "惦记"))
    return every | {"thing": Rule.of([Alternative((f"{topic}/回",))]), "do": doing}
