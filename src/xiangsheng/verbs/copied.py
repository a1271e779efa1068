"""What a run's answers took from its training scripts."""

from collections.abc import Iterable

from xiangsheng.core.errors import UsageError
from xiangsheng.core.events import OnEvent
from xiangsheng.core.results import Copied
from xiangsheng.core.run import REAL_LINES, Run
from xiangsheng.core.script import Script
from xiangsheng.corpus.copied import Said, copied
from xiangsheng.store.workspace import Workspace
from xiangsheng.verbs.completions import Answered, answered_so_far, questions_of
from xiangsheng.verbs.pairs import pair


def find_copied(
    workspace: Workspace, beginning: str, at_least: int, on_event: OnEvent
) -> tuple[Run, Copied]:
    """Of the run whose id begins so, the newest for an empty one; its spans of `at_least`.

    Raises UsageError for a length below 1, and DataError for a run without answers.
    """
    if at_least < 1:
        raise UsageError(
            f"spans of {at_least} characters",
            hint="give --at-least a number from 1 up; below 8, chance fills the list",
            code="bound",
        )
    run = workspace.runs.find(beginning)
    answers = answered_so_far(workspace, run, questions_of(workspace, run), on_event)
    scripts = workspace.folder(run.id).load("training.jsonl", Script)
    return run, copied(said(answers), scripts, at_least)


def said(answers: Iterable[Answered]) -> tuple[Said, ...]:
    """Each answer's text as it is scored, and then the real lines of the same items, once each.

    What was only read is nobody's words. Of several completions the first counts.
    """
    wanted = [answer for answer in answers if answer.question.task != REAL_LINES]
    found = [(answer, pair(answer)) for answer in wanted]
    real = {
        answer.question.item: Said("real", answer.question.item, scored.reference)
        for answer, scored in found
    }
    return (
        *(Said(answer.system, answer.question.item, scored.candidate) for answer, scored in found),
        *real.values(),
    )
