"""Scoring answers that exist: runs, or files of pairs."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from xiangsheng import metrics
from xiangsheng.core.errors import DataError, UsageError
from xiangsheng.core.events import Note, OnEvent
from xiangsheng.core.generation import OutcomeKind
from xiangsheng.core.score import Pair, Score
from xiangsheng.core.script import Script
from xiangsheng.files.decoding import decode
from xiangsheng.metrics.names import WITHOUT_TRAINING
from xiangsheng.metrics.rates import kind_of
from xiangsheng.store.workspace import Workspace
from xiangsheng.verbs.completions import answered, chosen, systems
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
        if path.is_dir():
            raise UsageError(f"{name} is a folder", hint="name the files in it", code="folder")
        if path.is_file():
            found.extend(_file(path, options, on_event, {system.name for system in found}))
        elif path.suffix:
            raise DataError("there is no such file", where=name, hint="check the path")
        else:
            found.extend(_run(name, options, open_home()))
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
    rows = _rows(path)
    if rows is None:
        on_event(Note(f"{path}: not a list of pairs, skipped", warning=True))
        return
    unit, pairs = _pairs(rows, options.lines_per_script)
    name = str(path) if path.stem in taken else path.stem
    yield _scores(name, pairs, unit, options)


def _rows(path: Path) -> list[dict[str, Any]] | None:
    """None for JSON of another shape; DataError for what is not JSON."""
    import orjson

    try:
        table = orjson.loads(decode(path.read_bytes(), str(path)).text)
    except (orjson.JSONDecodeError, OSError) as error:
        raise DataError(f"cannot be read as JSON: {error}", where=str(path)) from error
    if isinstance(table, list) and table and all(map(_is_pair, table)):
        return table
    return None


def _is_pair(row: object) -> bool:
    return isinstance(row, dict) and all(isinstance(row.get(key), str) for key in ("ori", "gen"))


def _pairs(rows: list[dict[str, Any]], block: int | None) -> tuple[str, tuple[Pair, ...]]:
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


def _run(name: str, options: ScoreOptions, workspace: Workspace) -> Iterator[SystemScores]:
    run = workspace.runs.find(name)
    scripts = workspace.folder(run.id).load("training.jsonl", Script)
    training = [line.text for script in scripts for line in script.lines]
    answers = answered(workspace, run)
    for task in run.spec.tasks:
        for system, _ in systems(run):
            full = f"{run.id}:{task.name}:{system}"
            yield _scores(
                full, answer_pairs(chosen(answers, task.name, system)), "script", options, training
            )


def _scores(
    name: str,
    pairs: tuple[Pair, ...],
    unit: str,
    options: ScoreOptions,
    training: Sequence[str] | None = None,
) -> SystemScores:
    kinds = [kind_of(pair) for pair in pairs]
    return SystemScores(
        name,
        len(pairs),
        {kind: kinds.count(kind) for kind in OutcomeKind if kind in kinds},
        metrics.evaluate(
            pairs,
            training=training,
            which=None if training is not None else WITHOUT_TRAINING,
            resamples=options.resamples,
            seed=options.seed,
            unit=unit,
        ),
    )
