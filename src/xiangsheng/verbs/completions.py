"""A run's answers beside its questions, and as a file."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import orjson

from xiangsheng.core.canonical import plain
from xiangsheng.core.errors import DataError
from xiangsheng.core.events import Note, OnEvent
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


def questions_of(workspace: Workspace, run: Run) -> tuple[Question, ...]:
    """What a run asks of each of its systems."""
    return workspace.folder(run.id).load("questions.jsonl", Question)


def answered(workspace: Workspace, run: Run, questions: Sequence[Question]) -> tuple[Answered, ...]:
    """Every answer of a run, by system and then in the order of its questions."""
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


def answered_so_far(
    workspace: Workspace, run: Run, questions: Sequence[Question], on_event: OnEvent
) -> tuple[Answered, ...]:
    """The same for who looks at answers by themselves: says so when some are missing, and raises
    DataError when all are.
    """
    answers = answered(workspace, run, questions)
    if not answers:
        raise DataError(
            f"{run.id} has no answers yet", hint=f"get some: xiangsheng resume {run.id}"
        )
    asked = len(questions) * (2 if run.spec.tune else 1)
    if len(answers) < asked:
        on_event(Note(f"{run.id}: {len(answers)} of {asked} items have an answer", warning=True))
    return answers


def chosen(answers: Iterable[Answered], task: str, system: str) -> tuple[Answered, ...]:
    """One system's answers to one task."""
    return tuple(a for a in answers if a.system == system and a.question.task == task)


def systems(run: Run) -> Iterator[tuple[str, str]]:
    """(system, full model name) of a run."""
    yield "base", run.spec.model
    if run.tuned:
        yield "tuned", run.tuned


def save_completions(workspace: Workspace, run: Run) -> None:
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
        for answer in answered(workspace, run, questions_of(workspace, run))
    )
    content = b"".join(orjson.dumps(row) + b"\n" for row in rows)
    write_bytes(workspace.folder(run.id).path("completions.jsonl"), content)


def counts(kinds: Iterable[OutcomeKind]) -> dict[OutcomeKind, int]:
    """How many came out how, in the order of the kinds; those that did not occur are left out."""
    found = Counter(kinds)
    return {kind: found[kind] for kind in OutcomeKind if found[kind]}
