"""Scoring answers that exist: runs, or files of pairs."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from xiangsheng import metrics
from xiangsheng.core.errors import DataError, UsageError
from xiangsheng.core.events import Note, OnEvent
from xiangsheng.core.generation import OutcomeKind
from xiangsheng.core.run import REAL_LINES
from xiangsheng.core.score import Pair, Score
from xiangsheng.core.script import Script
from xiangsheng.corpus.study import lines_of
from xiangsheng.files.decoding import decode
from xiangsheng.files.json_rows import parse_json
from xiangsheng.files.text import LIMIT, read_file
from xiangsheng.metrics.names import ALL, LEARNING, WITHOUT_TRAINING
from xiangsheng.metrics.rates import kind_of
from xiangsheng.store.workspace import Workspace
from xiangsheng.verbs.completions import answered_so_far, chosen, counts, questions_of, systems
from xiangsheng.verbs.pairs import pairs as answer_pairs


@dataclass(frozen=True, slots=True)
class SystemScores:
    """One system's scores; `outcomes` counts pairs by kind."""

    name: str
    n: int
    outcomes: Mapping[OutcomeKind, int]
    scores: Mapping[str, Score]


@dataclass(frozen=True, slots=True)
class ScoreOptions:
    lines_per_script: int | None = None
    resamples: int = 10_000
    seed: int = 0
    encoding: str = ""
    """Of the files; found out when empty."""


def score(
    names: Sequence[str],
    options: ScoreOptions,
    open_home: Callable[[], Workspace],
    on_event: OnEvent,
) -> tuple[SystemScores, ...]:
    """Every pair file and run named; the home is opened only when a name is no file.

    A JSON file that is not a list of pairs is skipped with a warning. Raises DataError when
    nothing is left to score.
    """
    found: list[SystemScores] = []
    for name in names:
        path = Path(name)
        if not name or path.is_dir():
            what = f"{name} is a folder" if name else "an empty name"
            raise UsageError(what, hint="name files of pairs, or runs", code="folder")
        if path.exists():
            found.extend(_file(path, options, on_event, {system.name for system in found}))
        elif path.suffix or len(path.parts) > 1:  # a run's name has neither
            raise DataError("there is no such file", where=name, hint="check the path")
        else:
            found.extend(_run(name, options, open_home(), on_event))
    if not found:
        raise DataError(
            "none of the files holds pairs",
            hint='a pair file is a JSON list of {"ori": real, "gen": generated}',
            code="no_pairs",
        )
    return tuple(found)


def _file(
    path: Path, options: ScoreOptions, on_event: OnEvent, taken: set[str]
) -> Iterator[SystemScores]:
    rows = _rows(path, options.encoding)
    if rows is None:
        on_event(Note(f"{path}: not a list of pairs, skipped", warning=True))
        return
    unit, pairs = _pairs(rows, options.lines_per_script)
    name = str(path) if path.stem in taken else path.stem
    yield _scores(name, pairs, unit, options)


def _rows(path: Path, encoding: str) -> list[dict[str, str]] | None:
    """None for JSON that is no list of pairs; DataError for no JSON, and for a list of pairs
    with something else among them.
    """
    table = parse_json(
        decode(read_file(path, LIMIT, pipes=True), str(path), encoding or None).text, str(path)
    )
    if not isinstance(table, list) or not any(map(_like_a_pair, table)):
        return None
    for number, row in enumerate(table, 1):
        if not _like_a_pair(row) or not all(isinstance(row[key], str) for key in ("ori", "gen")):
            raise DataError(
                f"pair {number} of {len(table)} is not two texts: {str(row)[:60]}",
                where=str(path),
                hint='write {"ori": "…", "gen": "…"}, with an empty gen where there was no answer',
                code="pair",
            )
    return table


def _like_a_pair(row: object) -> bool:
    return isinstance(row, dict) and "ori" in row and "gen" in row


def _pairs(rows: list[dict[str, str]], block: int | None) -> tuple[str, tuple[Pair, ...]]:
    """What is resampled, and the pairs: the `script` key, else blocks of lines, else each pair."""
    if all("script" in row for row in rows):
        unit, units = "script", [str(row["script"]) for row in rows]
    elif block:
        if len(rows) % block:
            raise UsageError(
                f"{len(rows)} pairs are no whole number of scripts of {block}",
                hint="give --lines-per-script the number of pairs that each script has",
                code="lines_per_script",
            )
        unit, units = f"script of {block} pairs", [str(i // block) for i in range(len(rows))]
    else:
        unit, units = "pair", [str(i) for i in range(len(rows))]
    return unit, tuple(
        Pair(row["ori"], row["gen"], unit=name, raw=row["gen"])
        for row, name in zip(rows, units, strict=True)
    )


def _run(
    name: str, options: ScoreOptions, workspace: Workspace, on_event: OnEvent
) -> Iterator[SystemScores]:
    run = workspace.runs.find(name)
    training = lines_of(workspace.folder(run.id).load("training.jsonl", Script))
    questions = questions_of(workspace, run)
    answers = answered_so_far(workspace, run, questions, on_event)
    for task in run.spec.tasks:
        which = LEARNING if task.name == REAL_LINES else ALL
        for system, _ in systems(run):
            # A part that was never reached has no scores, rather than scores of 0.
            if pairs := answer_pairs(chosen(answers, task.name, system)):
                full = f"{run.id}:{task.name}:{system}"
                yield _scores(full, pairs, "script", options, which=which, training=training)


def _scores(
    name: str,
    pairs: tuple[Pair, ...],
    unit: str,
    options: ScoreOptions,
    *,
    which: tuple[str, ...] = WITHOUT_TRAINING,
    training: Sequence[str] | None = None,
) -> SystemScores:
    return SystemScores(
        name,
        len(pairs),
        counts(map(kind_of, pairs)),
        metrics.evaluate(
            pairs,
            training=training,
            which=which,
            resamples=options.resamples,
            seed=options.seed,
            unit=unit,
        ),
    )
