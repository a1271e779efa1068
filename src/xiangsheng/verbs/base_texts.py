"""What bases of the ladder read."""

from xiangsheng.backends.local.ladder import RUNGS
from xiangsheng.backends.local.training.base import BaseSpec, BaseText, base_spec, of_lines
from xiangsheng.core.canonical import digest
from xiangsheng.corpus.composer.compose import VERSION, compose
from xiangsheng.corpus.composer.layouts import LAYOUTS, laid_out
from xiangsheng.corpus.composer.library import library, library_digest
from xiangsheng.verbs.models import Building


def spec_of(size: str, building: Building) -> BaseSpec:
    """Composed scripts, unless there are lines to read instead."""
    if building.lines:
        text = of_lines(building.lines, building.text)
    else:
        text = composed(building.characters or RUNGS[size].characters, building.seed)
    return base_spec(size, text, building.epochs, building.seed)


def composed(characters: int, seed: int) -> BaseText:
    """Scripts of the composer, laid out in the ways in which dialogues lie about in the world."""
    return BaseText(
        f"composed, {characters:,} characters",
        digest((VERSION, LAYOUTS, library_digest(), characters, seed)),
        characters * 11 // 10,  # labels and line breaks
        lambda: [
            laid_out(one.script, number)
            for number, one in enumerate(compose(library(), characters, seed))
        ],
        epochs=1,
    )
