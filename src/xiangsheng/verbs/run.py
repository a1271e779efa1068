"""Running a study: plan, ask the base, tune, ask the tuned; and resuming one."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from xiangsheng.core.clock import SYSTEM_CLOCK, Clock
from xiangsheng.core.errors import InterruptedRunError, PartialError, UsageError
from xiangsheng.core.events import Note, OnEvent
from xiangsheng.core.generation import OutcomeKind, Request
from xiangsheng.core.results import CorpusSummary, Tuning
from xiangsheng.core.run import Run, RunState
from xiangsheng.core.script import Script
from xiangsheng.corpus.statistics import summarise
from xiangsheng.prepare.questions import Question
from xiangsheng.running.ask import Asking, ask
from xiangsheng.store.workspace import Workspace
from xiangsheng.verbs.completions import save_completions
from xiangsheng.verbs.models import OpenedModel, open_model, require_rendering
from xiangsheng.verbs.plan import Plan, make_plan
from xiangsheng.verbs.recipe import Recipe
from xiangsheng.verbs.tune import TuneOptions, require_tuner, tune


@dataclass(frozen=True, slots=True)
class Attending:
    """Who watches a run: its time, its stop button, its listener."""

    on_event: OnEvent
    cancelled: Callable[[], bool] = lambda: False
    clock: Clock = SYSTEM_CLOCK
    reuse: bool = False


def run_study(recipe: Recipe, workspace: Workspace, attending: Attending) -> Run:
    """The recipe's run, complete; one that exists is gone on with.

    Raises PartialError when items failed, InterruptedRunError when stopped; both leave a run
    that resumes.
    """
    base = open_model(recipe.model, workspace)
    require_rendering(base, recipe.rendering)
    if recipe.tune:
        require_tuner(base)  # before anything is asked or paid for
    plan = make_plan(recipe, base.generator, attending.on_event)
    known = workspace.runs.get(plan.run)
    if known is None:
        known = _begin(plan, workspace, attending.clock)
    return _go_on(known, base, workspace, attending)


def resume_run(beginning: str, workspace: Workspace, attending: Attending) -> Run:
    """The same for a run that was begun, from its own files: the source is not read again."""
    run = workspace.runs.find(beginning)
    return _go_on(run, open_model(run.spec.model, workspace), workspace, attending)


def _begin(plan: Plan, workspace: Workspace, clock: Clock) -> Run:
    """The run's row comes last: a run that is listed has all its files."""
    folder = workspace.folder(plan.run)
    folder.create()
    folder.save("questions.jsonl", plan.questions)
    folder.save("training.jsonl", plan.data.train)
    train, test = plan.data.sources
    folder.save(
        "corpora.jsonl",
        [summarise("training", train, plan.data.train), summarise("test", test, plan.data.test)],
    )
    run = Run(plan.run, plan.spec, RunState.RUNNING, clock.stamp())
    workspace.runs.add(run)
    return run


def _go_on(run: Run, base: OpenedModel, workspace: Workspace, attending: Attending) -> Run:
    if run.state is RunState.COMPLETE:
        attending.on_event(Note(f"already complete: {run.id}"))
        return run
    if base.generator.digest != run.spec.model_digest:
        raise UsageError(
            f"{run.spec.model} is not the model that {run.id} was begun with",
            hint="start a new run; the old one's answers stay as they are",
            code="model_changed",
        )
    with workspace.folder(run.id).alone():
        kinds = _ask_all(run, "base", base, workspace, attending)
        if run.spec.tune:
            tuned = _tuned(run, base, workspace, attending)
            kinds += _ask_all(run, "tuned", tuned, workspace, attending)
        failed = kinds.count(OutcomeKind.ERROR)
        state = RunState.PARTIAL if failed else RunState.COMPLETE
        save_completions(workspace, run.id)
        workspace.runs.change(run.id, state=state, finished_at=attending.clock.stamp())
    if failed:
        raise PartialError(
            f"{failed} of {len(kinds)} items failed; the rest is kept",
            hint=f"ask them again: xiangsheng resume {run.id}",
        )
    return workspace.runs.find(run.id)


def _ask_all(
    run: Run, system: str, model: OpenedModel, workspace: Workspace, attending: Attending
) -> list[OutcomeKind]:
    """Every task's items of one system; its answers' kinds."""
    questions = workspace.folder(run.id).load("questions.jsonl", Question)
    kinds: list[OutcomeKind] = []
    for task in run.spec.tasks:
        requests = [
            Request(question.item, question.prompt, task.sampling)
            for question in questions
            if question.task == task.name
        ]
        asking = Asking(
            stage=f"{task.name} · {system}",
            replicate=run.spec.replicate,
            clock=attending.clock,
            cancelled=attending.cancelled,
            on_event=attending.on_event,
            reuse=attending.reuse,
        )
        outcomes = ask(model.generator, requests, workspace.journal(run.id), asking)
        if len(outcomes) < len(requests):
            workspace.runs.change(run.id, state=RunState.PARTIAL)
            raise InterruptedRunError(
                f"stopped; {len(outcomes)} of {len(requests)} answers of this stage are kept",
                hint=f"go on with: xiangsheng resume {run.id}",
            )
        kinds += [outcome.kind for outcome in outcomes.values()]
    return kinds


def _tuned(run: Run, base: OpenedModel, workspace: Workspace, attending: Attending) -> OpenedModel:
    """The run's tuned model, made if a stop or a crash came before it was."""
    if run.tuned:
        return open_model(run.tuned, workspace)
    folder = workspace.folder(run.id)
    options = TuneOptions(run.spec.rendering, run.spec.epochs, run.spec.suffix)
    model, tuning = tune(
        base,
        folder.load("training.jsonl", Script),
        options,
        workspace,
        clock=attending.clock,
        cancelled=attending.cancelled,
        on_event=attending.on_event,
    )
    folder.save("tuning.jsonl", [tuning])
    workspace.runs.change(run.id, tuned=model.name)
    return open_model(model.name, workspace)


def corpora(workspace: Workspace, run_id: str) -> Sequence[CorpusSummary]:
    return workspace.folder(run_id).load("corpora.jsonl", CorpusSummary)


def tuning(workspace: Workspace, run: Run) -> Tuning | None:
    """How the run's tuned model was made, if there is one."""
    if not run.tuned:
        return None
    return workspace.folder(run.id).load("tuning.jsonl", Tuning)[0]
