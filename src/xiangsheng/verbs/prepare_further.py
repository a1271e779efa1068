"""What `prepare` looks for beyond the checks of 2022, with what other rooms know of it."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from xiangsheng.core.errors import UsageError
from xiangsheng.core.words import Words
from xiangsheng.prepare.checking.gathering import Gathered, gathered, rows_of
from xiangsheng.prepare.checking.profiles import Profile

if TYPE_CHECKING:
    from xiangsheng.prepare.checking.looking import Looked
    from xiangsheng.prepare.checking.rules_alike import OtherRows
    from xiangsheng.prepare.checking.rules_history import Priced
    from xiangsheng.prepare.checking.rules_leaks import Unseen
    from xiangsheng.prepare.checking.token_counts import Limit, TokenCounts
    from xiangsheng.pricing.estimating import Asking

GPT3 = 2048
"""Tokens of one training example, prompt and completion together, that GPT-3 was tuned on."""


@dataclass(frozen=True, slots=True)
class Further:
    """`valid` is a file of rows to validate with, `against` scripts or rows to test on; `tokens` are
    counted with the tokenizer of `model`, and priced by `asking`. `near` None: while rows are few.
    """

    near: bool | None = None
    valid: Path | None = None
    against: Path | None = None
    tokens: bool = False
    model: str = "openai:davinci"
    asking: "Asking | None" = None


def refuse_for_chats(path: Path, further: Further | None) -> None:
    """UsageError for what looks at prompts and completions only."""
    if further and (further.valid or further.against or further.tokens or further.near):
        raise UsageError(
            "these are messages; --tokens, --valid, --against and --near look at prompts and "
            "completions",
            where=str(path),
            hint="leave them out",
            code="not_for_chats",
        )


def look(found: Gathered, profile: Profile, further: Further) -> "Looked":
    """One more look at rows that were read. Raises what reading the other files raises."""
    from xiangsheng.prepare.checking.looking import Wanted, looked

    wanted = Wanted(
        further.near,
        _other(further.valid) if further.valid else None,
        _unseen(further.against) if further.against else None,
        _tokens(further.model) if further.tokens else None,
        _priced(further.asking) if further.asking else None,
    )
    return looked(found, wanted, dialogue=profile is Profile.DIALOGUE)


def _priced(asking: "Asking") -> "Priced":
    def priced(now: int, once: int) -> Words | None:
        from xiangsheng.verbs.prepare_bill import both_prices

        return both_prices(asking, now, once)

    return priced


def _other(path: Path) -> "OtherRows":
    from xiangsheng.files.spool import opened
    from xiangsheng.prepare.checking.rules_alike import OtherRows
    from xiangsheng.prepare.checking.sources import source_of

    extension = path.suffix.lower().removeprefix(".")
    with opened(path) as stream:
        source = source_of(stream, str(path), extension)
        with gathered(source, extension) as rows:
            return OtherRows(path.name, rows.survey.prompt_hashes, rows.survey.lines)


def _unseen(path: Path) -> "Unseen":
    """Scripts as everything else reads them, of a study's folder the test scripts; or rows."""
    from xiangsheng.corpus.likeness import Bounds
    from xiangsheng.corpus.reading import read
    from xiangsheng.corpus.study import study_data
    from xiangsheng.prepare.checking.rules_leaks import Unseen

    bounds = Bounds()
    if path.is_dir() and ((path / "test").is_dir() or (path / "scripts").is_dir()):
        scripts = study_data(path).test
    elif rows := _rows(path):
        return Unseen(path.name, rows, bounds.line, bounds.run)
    else:
        scripts = read(path).scripts
    named = [(script.id, [line.text for line in script.lines]) for script in scripts]
    return Unseen(path.name, named, bounds.line, bounds.run)


def _rows(path: Path) -> list[tuple[str, list[str]]]:
    """The dialogues of a file of rows, each by the line of its longest row; none for another file."""
    from xiangsheng.files.spool import opened
    from xiangsheng.prepare.checking.added import dialogues
    from xiangsheng.prepare.checking.pairs import FIELDS
    from xiangsheng.prepare.checking.sources import source_of

    extension = path.suffix.lower().removeprefix(".")
    if extension not in {"jsonl", "json"}:
        return []
    with opened(path) as stream:
        source = source_of(stream, str(path), extension)
        with gathered(source, extension) as found:
            if not found.survey.rows or not set(FIELDS) <= found.given.odd.keys.keys():
                return []
            return list(dialogues(rows_of(found.given)))


def _tokens(model: str) -> "TokenCounts":
    from xiangsheng.prepare.checking.token_counts import TokenCounts
    from xiangsheng.tokens.counting import counter_for

    counter = counter_for(model)
    return TokenCounts(model, counter, _limit(model, counter.name))


def _limit(model: str, vocabulary: str) -> "Limit | None":
    """None for a model of which it is not known here."""
    from xiangsheng.backends.local.ladder import RUNGS
    from xiangsheng.backends.names import parse_model_name
    from xiangsheng.prepare.checking.token_counts import Limit

    if model.startswith("local:"):
        rung = RUNGS[parse_model_name(model).size]
        return Limit(rung.context - 2, divides=True)  # a text's beginning and its end take one each
    return Limit(GPT3) if vocabulary == "r50k_base" else None
