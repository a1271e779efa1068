"""What a study found: all that a report may show, in core nouns only."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from xiangsheng.core.generation import OutcomeKind, Sampling
from xiangsheng.core.money import Money
from xiangsheng.core.rendering import Rendering
from xiangsheng.core.score import Score
from xiangsheng.core.words import Words


@dataclass(frozen=True, slots=True)
class SystemResult:
    """One model on one task. `name` is `base` or `tuned`; `scores` is keyed by metric name."""

    name: str
    model: str
    outcomes: Mapping[OutcomeKind, int]
    scores: Mapping[str, Score]


@dataclass(frozen=True, slots=True)
class TaskResult:
    """All systems on the same prompts. `differences` is tuned − base, paired by script."""

    name: str
    sampling: Sampling
    items: int
    scripts: int
    systems: tuple[SystemResult, ...]
    differences: Mapping[str, Score] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Sample:
    """One prompt to read: the lines given as (label, text), the real answer, each system's."""

    task: str
    item: str
    title: str
    given: tuple[tuple[str, str], ...]
    reference: str
    answers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class PublishedRow:
    """Machine metrics somebody else published; in percent."""

    system: str
    values: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Published:
    rows: tuple[PublishedRow, ...]
    source: str


@dataclass(frozen=True, slots=True)
class SpendingLine:
    """What something cost, or would have cost; `assumption` says how it was worked out."""

    what: Words
    amount: Money
    assumption: Words | None = None


@dataclass(frozen=True, slots=True)
class CorpusSummary:
    """Counts of what was read. `name` says which part: training or test."""

    name: str
    source: str
    scripts: int
    lines: int
    characters: int
    distinct_characters: int


@dataclass(frozen=True, slots=True)
class Tuning:
    """How a model was made; `characters` are those of all examples, each once.

    `curve` and `validation` are (step, loss in nats per token), on the examples learned from and
    on examples held out; `unit` says what a token is, such as `character`. `steps` and `tokens`
    are how many it took, 0 where there are none to count. `settings` are what else to show, such
    as the learning rate, as text.
    """

    model: str
    base: str
    seconds: float
    examples: int
    characters: int = 0
    curve: tuple[tuple[int, float], ...] = ()
    unit: str = ""
    validation: tuple[tuple[int, float], ...] = ()
    steps: int = 0
    tokens: int = 0
    settings: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Source:
    """Lines of a training script, counted from 1."""

    script: str
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class CopiedSpan:
    """Words of an answer that stand in training scripts, in each of `sources`.

    `text` is the answer's own, `characters` its letters and digits. `times` is how often the
    system said it, or a part of it that counts by itself.
    """

    system: str
    item: str
    text: str
    characters: int
    times: int
    sources: tuple[Source, ...]


@dataclass(frozen=True, slots=True)
class CopiedBy:
    """How much a system said, and how much of it is in spans that count, in letters and digits.

    `longest` is told even where it does not count.
    """

    system: str
    characters: int
    copied: int
    spans: int
    longest: int


@dataclass(frozen=True, slots=True)
class Copied:
    """Spans of `at_least` characters, the longest first; `real` are the real lines of the test."""

    at_least: int
    systems: tuple[CopiedBy, ...]
    spans: tuple[CopiedSpan, ...]


@dataclass(frozen=True, slots=True)
class Study:
    """A whole run, ready to be read. Times are ISO 8601 in UTC.

    `real_lines` is the task whose only metric is perplexity; runs of before it was there, and
    those of chat models, have none. `building` is how the base was trained, where it was here.
    `copied` is what answers took from the training scripts.
    """

    run: str
    recipe: str
    created_at: str
    finished_at: str
    corpora: tuple[CorpusSummary, ...]
    rendering: Rendering
    tasks: tuple[TaskResult, ...]
    samples: tuple[Sample, ...]
    published: Published
    spent: tuple[SpendingLine, ...]
    would_have_cost: tuple[SpendingLine, ...]
    commands: tuple[str, ...]
    environment: Mapping[str, str]
    notes: tuple[Words, ...] = ()
    tuning: Tuning | None = None
    real_lines: TaskResult | None = None
    building: Tuning | None = None
    copied: Copied | None = None
