"""A run's answers beside its questions, and as a file."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import orjson

from xiangsheng.core.canonical import plain
from xiangsheng.core.generation import Outcome, OutcomeKind
from xiangsheng.core.run import Run
from xiangsheng.files.atomic import write_bytes
from xiangsheng.prepare.questions import Question
from xiangsheng.store.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Answered:
    """One question and what one system (`base` or `tuned`) made of it."""

    system: str
    question: Question
    outcome: Outcome


def answered(workspace: Workspace, run: Run) -> tuple[Answered, ...]:
    """Every answer of a run, by system and then in the order of the questions."""
    questions = workspace.folder(run.id).load("questions.jsonl", Question)
    by_model: dict[tuple[str, str], Outcome] = {
        (outcome.model, outcome.item): outcome
        for outcome in workspace.journal(run.id).answered().values()
    }
    return tuple(
        Answered(system, question, by_model[model, question.item])
        for system, model in systems(run)
        for question in questions
        if (model, question.item) in by_model
    )


def chosen(answers: Iterable[Answered], task: str, system: str) -> tuple[Answered, ...]:
    """One system's answers to one task."""
    return tuple(a for a in answers if a.system == system and a.question.task == task)


def systems(run: Run) -> Iterator[tuple[str, str]]:
    """(system, full model name) of a run."""
    yield "base", run.spec.model
    if run.tuned:
        yield "tuned", run.tuned


def save_completions(workspace: Workspace, run_id: str) -> None:
    """`completions.jsonl` in the run's folder: what was answered, without when or how fast.

    Two runs of one specification write the same bytes, however often they were interrupted.
    """
    rows = (
        {
            "system": answer.system,
            "item": answer.question.item,
            "kind": answer.outcome.kind,
            "completions": [
                {"text": completion.text, "finish": completion.finish}
                for completion in answer.outcome.completions
            ],
            "failure": plain(answer.outcome.failure),
            "usage": plain(answer.outcome.usage),
        }
        for answer in answered(workspace, workspace.runs.find(run_id))
    )
    content = b"".join(orjson.dumps(row) + b"\n" for row in rows)
    write_bytes(workspace.folder(run_id).path("completions.jsonl"), content)


def counts(answers: tuple[Answered, ...]) -> dict[OutcomeKind, int]:
    """How many answers came out how; kinds that did not occur are left out."""
    kinds = [answer.outcome.kind for answer in answers]
    return {kind: kinds.count(kind) for kind in OutcomeKind if kind in kinds}
