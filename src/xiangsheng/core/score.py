"""Score and Signature: a number never travels without its recipe and its interval."""

from dataclasses import dataclass

from xiangsheng.core.generation import OutcomeKind


@dataclass(frozen=True, slots=True)
class Signature:
    """Everything that changes a number, as ordered `key:value` fields."""

    fields: tuple[tuple[str, str], ...]

    def __str__(self) -> str:
        return "|".join(f"{key}:{value}" for key, value in self.fields)


@dataclass(frozen=True, slots=True)
class Score:
    """A metric's value, its 95 % interval (None below two units) and its recipe.

    Values are percent, but for perplexity, which is a number from 1 up.
    `n` is the number of pairs counted, `units` how many independent units were resampled.
    """

    value: float
    ci95: tuple[float, float] | None
    signature: Signature
    n: int
    units: int


@dataclass(frozen=True, slots=True)
class Pair:
    """A real text beside the model's, as a metric sees it.

    `unit` names what is resampled (the script). `before` holds the lines just before the one
    asked for, oldest first. `raw` is the text as generated, labels included; `label` is the
    speaker whom the prompt asked to speak. A failure has an empty `candidate`.

    Where the real text was not answered but read, `nats` is the negative log-probability that the
    model gave to all its `characters` together, line breaks counted and labels left out; None
    where it gave none.
    """

    reference: str
    candidate: str
    unit: str
    kind: OutcomeKind = OutcomeKind.OK
    before: tuple[str, ...] = ()
    raw: str = ""
    label: str = "0"
    nats: float | None = None
    characters: int = 0
