"""What fine-tuning would cost: on examples, on scripts in any rendering, or on a number of tokens."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from xiangsheng.backends.local.ladder import RUNGS
from xiangsheng.core.errors import UsageError
from xiangsheng.core.estimate import Estimate, Estimated
from xiangsheng.core.events import OnEvent
from xiangsheng.core.price import UnknownPrice
from xiangsheng.core.rendering import Format, Rendering
from xiangsheng.core.script import Script
from xiangsheng.core.words import Words
from xiangsheng.corpus.reading import ReadingOptions
from xiangsheng.files.decoding import decode
from xiangsheng.files.text import read_file
from xiangsheng.prepare.render import examples
from xiangsheng.prepare.rows import read_examples
from xiangsheng.pricing.counted import CountedExamples, count_examples, known_tokens
from xiangsheng.pricing.estimating import Asking, estimate_training
from xiangsheng.tokens.counting import Counter
from xiangsheng.verbs.corpus import read_scripts
from xiangsheng.verbs.estimating import Wanted, counter_of, each, pair_of
from xiangsheng.verbs.recipe import settings_of

Pairs = Sequence[tuple[str, str]]

_EXAMPLES = ('{"prompt"', '{"completion"', '{"messages"')


@dataclass(frozen=True, slots=True)
class Learning:
    """What is learned from: `pairs` of a prompt and what is trained after it, `as_script` the same
    lines each trained once; or only so many `tokens`.
    """

    epochs: int
    pairs: Pairs = ()
    as_script: Pairs = ()
    tokens: int = 0


def learning(
    source: Path | None,
    tokens: int | None,
    epochs: int,
    on_event: OnEvent,
    *,
    form: str = "turns",
    settings: Sequence[str] = (),
) -> Learning:
    """From a JSONL file of examples, from scripts rendered as `form`, or from a number.

    Raises UsageError when it is not exactly one of them, and as reading and rendering do.
    """
    if (source is None) is (tokens is None):
        raise UsageError(
            "name a file of examples or scripts, or say how many tokens",
            hint="xiangsheng estimate train FILE, or --tokens 1000000",
            code="estimate",
        )
    if source is None:
        return Learning(epochs, tokens=tokens or 0)
    if rows := _rows(source):
        return Learning(epochs, [pair_of(example) for example in read_examples(rows, str(source))])
    rendering = settings_of(Rendering, {"format": form}, settings)
    return of_scripts(read_scripts(source, ReadingOptions(), on_event), rendering, epochs)


def of_scripts(scripts: Sequence[Script], rendering: Rendering, epochs: int) -> Learning:
    whole = replace(rendering, format=Format.SCRIPT)
    same = rendering.format in {Format.SCRIPT, Format.BLOCK}  # a block trains fewer lines
    return Learning(
        epochs,
        [pair_of(example) for example in examples(scripts, rendering)],
        [] if same else [pair_of(example) for example in examples(scripts, whole)],
    )


def estimate_train(work: Learning, wanted: Wanted) -> Estimated:
    counts: dict[str, tuple[CountedExamples, CountedExamples | None]] = {}

    def make(asking: Asking) -> Estimate | UnknownPrice:
        counter = counter_of(asking)
        if counter.name not in counts:
            counts[counter.name] = count_learning(counter, work)
        return train_estimate(asking, counter, *counts[counter.name], work.epochs)

    return each(wanted, make)


def count_learning(
    counter: Counter, work: Learning
) -> tuple[CountedExamples, CountedExamples | None]:
    if work.tokens:
        return known_tokens(work.tokens), None
    whole = count_examples(counter, work.as_script) if work.as_script else None
    return count_examples(counter, work.pairs), whole


def train_estimate(
    asking: Asking,
    counter: Counter,
    counted: CountedExamples,
    as_script: CountedExamples | None,
    epochs: int,
) -> Estimate | UnknownPrice:
    """With its time where that is known: on the ladder."""
    made = estimate_training(asking, counter, counted, epochs, as_script)
    ref = asking.book.ref(asking.model)
    if isinstance(made, UnknownPrice) or ref.provider != "local" or ref.model not in RUNGS:
        return made
    rung = RUNGS[ref.model]
    base = rung.characters * rung.epochs / rung.speed
    said = Words(
        f"时间按两个核每秒 {rung.speed:,} 个词元估计；还没有基座时，另加训练基座约 {base:.0f} 秒",
        f"the time is for two cores at {rung.speed:,} tokens a second; where there is no base yet, building "
        f"it takes about {base:.0f} s more",
    )
    seconds = counted.total.likely * epochs / rung.speed
    return replace(made, seconds=seconds, assumptions=(*made.assumptions, said))


def _rows(source: Path) -> str:
    """The text of a JSONL file of examples; nothing for scripts, which may be JSONL too."""
    if source.suffix.lower() not in {".jsonl", ".json"} or not source.is_file():
        return ""
    text = decode(read_file(source), str(source)).text
    first = "".join(text.lstrip()[:40].split())
    return text if first.startswith(_EXAMPLES) else ""
