"""A test set, chosen window by window from a source: goes on where its decisions stop."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from xiangsheng.core.clock import SYSTEM_CLOCK, Clock
from xiangsheng.core.errors import DataError, InterruptedRunError, UsageError
from xiangsheng.core.events import Note, OnEvent
from xiangsheng.core.script import Script
from xiangsheng.corpus.decisions import Complete, Settings
from xiangsheng.corpus.reading import ReadingOptions
from xiangsheng.corpus.selection import chosen, set_digest, unchanged
from xiangsheng.corpus.training_lines import TrainingLines, training_lines
from xiangsheng.corpus.writing import script_files
from xiangsheng.files.atomic import refuse_existing, write_new_folder
from xiangsheng.files.log import open_log
from xiangsheng.verbs.corpus import read_scripts
from xiangsheng.verbs.select_session import Ask, Recorder, Session
from xiangsheng.verbs.selected import Decided, Selected, decided, is_own, summed_up

SCRIPTS, LINES, SEED = 50, 20, 0
"""As the study of 2022 had it."""


@dataclass(frozen=True, slots=True)
class Wishes:
    """None, and reading options as they are by default, stand for what the decisions say, else
    for the default. The decisions are `FOLDER.decisions.jsonl` when not named.
    """

    source: Path
    folder: Path
    decisions: Path | None = None
    against: Path | None = None
    scripts: int | None = None
    lines: int | None = None
    seed: int | None = None
    reading: ReadingOptions = field(default_factory=ReadingOptions)

    @property
    def log(self) -> Path:
        return self.decisions or self.folder.with_name(f"{self.folder.name}.decisions.jsonl")


def select(
    wishes: Wishes, ask: Ask | None, on_event: OnEvent, clock: Clock = SYSTEM_CLOCK
) -> Selected:
    """Writes the folder once enough are accepted; every answer is on the disk before that.

    `ask` is given each proposal; without it the best are accepted unread. Raises UsageError where
    the folder exists or the decisions were begun otherwise, DataError where a script has changed
    since it was decided on, InterruptedRunError on Ctrl-C.
    """
    refuse_existing(wishes.folder)
    if wishes.folder.resolve() in (wishes.log.resolve(), *wishes.log.resolve().parents):
        raise UsageError(
            "the decisions cannot lie in the folder that they make",
            where=str(wishes.log),
            hint="name a place beside it with --decisions, or none",
            code="decisions",
        )
    with open_log(wishes.log) as log:
        found = decided(log.read(), str(wishes.log), on_event)
        settings = settled(wishes, found.settings)
        session = _session(wishes, settings, found, Recorder(log, clock), on_event)
        _go_on(session, settings, found, on_event)
        try:
            session.ask_person(ask) if ask else session.take_best()
        except KeyboardInterrupt as error:
            raise InterruptedRunError(
                f"stopped; {len(session.progress.accepted)} of {session.wanted} are accepted and "
                "every decision is kept",
                hint="give the same command again to go on",
            ) from error
        return _finished(session, settings, wishes)


def settled(wishes: Wishes, old: Settings | None) -> Settings:
    """What was asked for now over what the decisions were begun with, over the defaults.

    Raises UsageError for other lines or another way of reading than those of the decisions.
    """
    before = old or Settings("", LINES, SCRIPTS, SEED)
    now = replace(
        before,
        source=str(wishes.source),
        lines=wishes.lines or before.lines,
        scripts=wishes.scripts or before.scripts,
        seed=before.seed if wishes.seed is None else wishes.seed,
        against=str(wishes.against or before.against),
        reading=before.reading if wishes.reading == ReadingOptions() else wishes.reading,
    )
    if old and now.lines != old.lines:
        raise _begun_otherwise(wishes.log, f"begun with --lines {old.lines}")
    if old and now.reading != old.reading:
        raise _begun_otherwise(wishes.log, "begun with other options of reading the source")
    return now


def _session(
    wishes: Wishes,
    settings: Settings,
    found: Decided,
    recorder: Recorder,
    on_event: OnEvent,
) -> Session:
    """With windows to propose, and decisions on scripts that are what they were."""
    progress = found.progress
    if (accepted := len(progress.accepted)) > settings.scripts:
        raise _begun_otherwise(wishes.log, f"at {accepted} accepted scripts already")
    read = read_scripts(wishes.source, settings.reading, on_event)
    scripts = {script.id: script for script in read}
    for decision in progress.newest.values():
        unchanged(decision, scripts)
    training = _training(settings, scripts, on_event)
    session = Session(recorder, scripts, training, settings.scripts, progress)
    session.propose(settings.lines, settings.seed)
    if not session.proposed:
        raise _no_window(session, settings)
    return session


def _go_on(session: Session, settings: Settings, found: Decided, on_event: OnEvent) -> None:
    """Writes down what this start changes, now that nothing of it can be refused any more."""
    if found.cut_short:
        session.recorder.log.drop_unfinished()
    elif found.open_ended:
        session.recorder.log.append("")
    if found.settings is None or replace(settings, at=found.settings.at) != found.settings:
        session.recorder.write(settings)
    for decision in session.reopen_what_training_holds():
        words = "accepted before, and now a line of it is in training; it is open again"
        on_event(Note(f"{decision.script}: {words}", warning=True))


def _training(
    settings: Settings, scripts: Mapping[str, Script], on_event: OnEvent
) -> TrainingLines:
    if not settings.against:
        return TrainingLines()
    if is_own(settings):
        return training_lines(scripts.values(), own=True)
    return training_lines(read_scripts(Path(settings.against), ReadingOptions(), on_event))


def _finished(session: Session, settings: Settings, wishes: Wishes) -> Selected:
    made = chosen(session.progress, session.scripts)
    folder = ""
    if session.enough:
        files = script_files(made)
        # Before the folder, so that whoever is killed between finds a set that is only unwritten.
        session.recorder.write(Complete(len(made), set_digest(made)))
        write_new_folder(wishes.folder, files)
        folder = str(wishes.folder)
    done = summed_up(settings, session.progress, made, folder=folder, decisions=wishes.log)
    return replace(done, left=session.left)


def _begun_otherwise(log: Path, how: str) -> UsageError:
    return UsageError(
        f"these decisions were {how}",
        where=str(log),
        hint="give the options that they were begun with, or begin anew with another --decisions",
        code="decisions",
    )


def _no_window(session: Session, settings: Settings) -> DataError:
    pool = session.pool
    other = pool.scripts - pool.too_short - pool.in_training
    return DataError(
        f"no script has a window of {settings.lines} lines: of {pool.scripts}, {pool.too_short} "
        f"are shorter, {pool.in_training} share lines with training, {other} break another rule",
        where=settings.source,
        hint="give other scripts or fewer --lines; the guide «A test set of your own» has the rules",
        code="no_window",
    )
