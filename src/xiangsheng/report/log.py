"""The lab log: the report's content as Markdown, in the shape of a work log."""

from collections.abc import Iterator
from typing import Any

from markupsafe import Markup

from xiangsheng.core.generation import OutcomeKind
from xiangsheng.core.results import Study, TaskResult
from xiangsheng.core.words import Words
from xiangsheng.report import view
from xiangsheng.report.figures import share
from xiangsheng.report.markdown import escaped, fenced
from xiangsheng.report.tables import metric_rows
from xiangsheng.report.verdict import Verdict, judge, main_metrics, rough, sentences
from xiangsheng.report.words import metric, say, system


def lab_log(study: Study) -> str:
    """One entry, dated by the start of the run; everything said in it follows from the numbers."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("xiangsheng.report"),
        autoescape=False,  # noqa: S701 - `_finalize` escapes for Markdown, which is what this is
        finalize=_finalize,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.globals.update(view.helpers())
    environment.globals.update(
        fenced=lambda *text: Markup(fenced(*text)),  # noqa: S704 - marks what is already safe
        observations=observations,
        next_steps=next_steps,
    )
    return environment.get_template("log.md.j2").render(study=study, **view.of(study))


def observations(task: TaskResult) -> Iterator[Words]:
    """The verdict, the faults that were judged, and how the answers ended."""
    yield from sentences(task)
    for kind, phrase in ((Verdict.BETTER, "says_rarer"), (Verdict.WORSE, "says_commoner")):
        faults = [row.words.name for row in metric_rows(task, "health") if row.verdict is kind]
        if faults:
            yield say(phrase, metrics=Words.listed(faults))
    for found in task.systems:
        asked = sum(found.outcomes.values())
        for outcome, count in found.outcomes.items():
            if outcome is not OutcomeKind.OK and count:
                yield say(
                    "outcome_share",
                    system=system(found.name),
                    outcome=say(outcome.value),
                    count=count,
                    items=asked,
                    share=share(count, asked),
                )


def next_steps(study: Study) -> tuple[Words, ...]:
    """Only what the numbers themselves ask for; often nothing."""
    return tuple(step for task in study.tasks for step in _steps(task))


def _steps(task: TaskResult) -> Iterator[Words]:
    if task.items and rough(task):
        yield say("next_more_scripts", scripts=task.scripts)
    undecided = [
        metric(key).name
        for key in main_metrics(task)
        if judge(key, task.differences[key]) is Verdict.UNDECIDED
    ]
    if undecided:
        yield say("next_undecided", metrics=Words.listed(undecided))


def _finalize(found: Any) -> Any:
    """Everything is text, in both languages where it has two; only `Markup` is left as it is."""
    if isinstance(found, Words):
        return escaped(found.zh if found.zh == found.en else f"{found.zh} {found.en}")
    return escaped(found) if isinstance(found, str) and not isinstance(found, Markup) else found
