"""Scripts without what is no dialogue, and a report of all that was taken out."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from xiangsheng.core.errors import DataError, UsageError
from xiangsheng.core.events import OnEvent
from xiangsheng.corpus.cleaning import CAREFUL, REASONS, Removal, Rule, cleaned
from xiangsheng.corpus.reading import ReadingOptions, read_as
from xiangsheng.corpus.sieve import sieve
from xiangsheng.corpus.writing import write_new_scripts
from xiangsheng.verbs.notices import tell


@dataclass(frozen=True, slots=True)
class CleanReport:
    """How many scripts were read and kept, what was taken out of them, and what was written."""

    read: int
    kept: int
    removals: tuple[Removal, ...]
    files: tuple[Path, ...]

    @property
    def counts(self) -> Mapping[Rule, int]:
        """Removals by rule, the rules in their order."""
        found = Counter(removal.rule for removal in self.removals)
        return {rule: found[rule] for rule in Rule if found[rule]}


def rules_named(names: Iterable[str]) -> frozenset[Rule]:
    """The rules with these names, the careful ones for none; UsageError for a name that is none."""
    wanted = list(names)
    for name in wanted:
        if name not in list(Rule):
            raise UsageError(
                f"there is no rule {name!r}", hint=f"rules are {', '.join(Rule)}", code="rule"
            )
    return frozenset(map(Rule, wanted)) or CAREFUL


def clean(
    source: Path,
    folder: Path | None,
    options: ReadingOptions,
    on_event: OnEvent,
    rules: Collection[Rule] = CAREFUL,
) -> CleanReport:
    """Writes one file a script into `folder`, or nothing at all without one, and reports.

    Raises UsageError, before anything is written, for a file that exists already, DataError where
    no script is left.
    """
    removals: list[Removal] = []
    reading = read_as(source, options, sieve(rules, removals.append))
    empty = [notice for notice in reading.warnings if notice.code == "empty_line"]
    tell((notice for notice in reading.warnings if notice not in empty), on_event)
    reason = REASONS[Rule.EMPTY]
    removals += [Removal(Rule.EMPTY, "", 0, "", reason, notice.where) for notice in empty]
    result = cleaned(reading.scripts, rules)
    if not result.scripts:
        raise DataError(
            "no dialogue is left",
            where=str(source),
            hint="look at what would be taken out with --dry-run --rule NAME, rule by rule",
            code="no_script",
        )
    files: tuple[Path, ...] = ()
    if folder is not None:
        files = write_new_scripts(result.scripts, folder, numbered=result.numbered)
    return CleanReport(
        read=len(reading.scripts),
        kept=len(result.scripts),
        removals=(*removals, *result.removals),
        files=files,
    )
