"""What decisions come to, for whoever makes a set from them for the first time or again."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from xiangsheng.core.errors import DataError
from xiangsheng.core.events import Note, OnEvent
from xiangsheng.core.script import Script
from xiangsheng.corpus.decisions import By, Decision, Record, Settings, parse_decisions
from xiangsheng.corpus.selection import Progress
from xiangsheng.files.decoding import decode
from xiangsheng.files.log import whole_lines


@dataclass(frozen=True, slots=True)
class Decided:
    """A decisions file, read. `cut_short`: its last line is only a beginning, which is left out;
    `open_ended`: its last line is whole, and lacks its line feed.
    """

    records: tuple[Record, ...] = ()
    cut_short: bool = False
    open_ended: bool = False

    @property
    def settings(self) -> Settings | None:
        """The newest ones; None where nothing was begun."""
        return next((one for one in reversed(self.records) if isinstance(one, Settings)), None)

    @property
    def progress(self) -> Progress:
        return Progress.of(one for one in self.records if isinstance(one, Decision))


@dataclass(frozen=True, slots=True)
class Selected:
    """What came of it; `folder` is empty where too few are accepted and nothing was written.

    `scripts`: the ids of those accepted, in the order of the source. `leave_out`: those of them
    that lie in the training source, because it is the source that was chosen from. `reasons`
    counts the reasons of skipping. Nobody has read `by_rank` of the accepted.
    """

    folder: str
    decisions: str
    lines: int
    wanted: int
    accepted: int
    skipped: int
    left: int = 0
    by_rank: int = 0
    edited_lines: int = 0
    scripts: tuple[str, ...] = ()
    leave_out: tuple[str, ...] = ()
    reasons: Mapping[str, int] = field(default_factory=dict)

    @property
    def complete(self) -> bool:
        return bool(self.folder)


def decided(data: bytes, where: str, on_event: OnEvent) -> Decided:
    """Raises DataError at `file:line`; a last line that was only begun is no error but a note."""
    whole, rest = whole_lines(data)
    records = parse_decisions(decode(whole, where, "utf-8").text, where)
    if not rest:
        return Decided(records)
    try:
        records = parse_decisions(decode(data, where, "utf-8").text, where)
    except DataError:
        if not records:
            raise
    else:
        return Decided(records, open_ended=True)
    on_event(Note(f"{where}: the last line was not finished and is left out", warning=True))
    return Decided(records, cut_short=True)


def is_own(settings: Settings) -> bool:
    """Whether the training source is the source that is chosen from."""
    source, against = Path(settings.source), Path(settings.against)
    return bool(settings.against) and source.resolve() == against.resolve()


def summed_up(
    settings: Settings, progress: Progress, made: Sequence[Script], *, folder: str, decisions: Path
) -> Selected:
    ids = tuple(script.id for script in made)
    return Selected(
        folder=folder,
        decisions=str(decisions),
        lines=settings.lines,
        wanted=settings.scripts,
        accepted=len(made),
        skipped=len(progress.skipped),
        by_rank=sum(one.by is By.RANK for one in progress.accepted),
        edited_lines=sum(len(one.edits) for one in progress.accepted),
        scripts=ids,
        leave_out=ids if is_own(settings) else (),
        reasons=dict(Counter(one.reason for one in progress.skipped).most_common()),
    )
