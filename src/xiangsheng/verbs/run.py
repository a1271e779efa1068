"""Running a study: plan, ask the base, tune, ask the tuned; and resuming one."""

from collections.abc import Sequence

from xiangsheng.core.errors import InterruptedRunError, PartialError, UsageError
from xiangsheng.core.events import Note
from xiangsheng.core.generation import OutcomeKind, Request
from xiangsheng.core.results import CorpusSummary
from xiangsheng.core.run import BaseSettings, Run, RunState
from xiangsheng.core.script import Script
from xiangsheng.corpus.study import lines_of
from xiangsheng.running.ask import Asking, ask
from xiangsheng.store.workspace import Workspace
from xiangsheng.verbs.attending import Attending
from xiangsheng.verbs.begin import begin
from xiangsheng.verbs.completions import questions_of, save_completions
from xiangsheng.verbs.models import (
    Building,
    FoundModel,
    OpenedModel,
    find_model,
    require_rendering,
)
from xiangsheng.verbs.notices import tell
from xiangsheng.verbs.plan import make_plan, read_data
from xiangsheng.verbs.recipe import Recipe
from xiangsheng.verbs.tune import require_tuner, tune


def run_study(recipe: Recipe, workspace: Workspace, attending: Attending) -> Run:
    """The recipe's run, complete; one that exists is gone on with.

    Raises PartialError when items failed, InterruptedRunError when stopped; both leave a run
    that resumes.
    """
    data = read_data(recipe.data)
    tell(data.warnings, attending.on_event)
    base = find_model(recipe.model, workspace, _building(recipe.base, data.train, data.sources[0]))
    require_rendering(base, recipe.rendering)
    if recipe.tune:
        require_tuner(base)  # before anything is asked or paid for
    plan = make_plan(recipe, base, data, attending.on_event)
    with workspace.folder(plan.run).alone():
        begin(plan, recipe, workspace, attending.clock)
        return _go_on(plan.run, base, workspace, attending)


def resume_run(beginning: str, workspace: Workspace, attending: Attending) -> Run:
    """The same for a run that was begun, from its own files: the source is not read again."""
    run = workspace.runs.find(beginning)
    folder = workspace.folder(run.id)
    train = folder.load("training.jsonl", Script)
    text = folder.load("corpora.jsonl", CorpusSummary)[0].source
    base = find_model(run.spec.model, workspace, _building(run.spec.base, train, text))
    with folder.alone():
        return _go_on(run.id, base, workspace, attending)


def _building(base: BaseSettings, train: Sequence[Script], source: str) -> Building:
    """A base reads composed scripts, or the lines of the run's own training scripts."""
    lines = lines_of(train) if base.text == "data" else ()
    return Building(lines, source if lines else "", base.characters, base.epochs, base.seed)


def _go_on(run_id: str, found: FoundModel, workspace: Workspace, attending: Attending) -> Run:
    """With the run's lock held: what another process did before is seen, not done again."""
    run = workspace.runs.find(run_id)
    if run.state is RunState.COMPLETE:
        attending.on_event(Note(f"already complete: {run.id}"))
        return run
    if found.identity != run.spec.model_digest:
        raise UsageError(
            f"{run.spec.model} is not the model that {run.id} was begun with",
            hint="start a new run; the old one's answers stay as they are",
            code="model_changed",
        )
    try:
        base = found.open(attending)
        kinds = _ask_all(run, "base", base, workspace, attending)
        if run.spec.tune:
            tuned = _tuned(run, base, workspace, attending)
            kinds += _ask_all(run, "tuned", tuned, workspace, attending)
    except InterruptedRunError as stop:
        workspace.runs.change(run.id, state=RunState.PARTIAL)
        stop.hint = f"go on with: xiangsheng resume {run.id}"
        raise
    save_completions(workspace, workspace.runs.find(run.id))
    if failed := kinds.count(OutcomeKind.ERROR):
        workspace.runs.change(run.id, state=RunState.PARTIAL)
        raise PartialError(
            f"{failed} of {len(kinds)} items failed; the rest is kept",
            hint=f"ask them again: xiangsheng resume {run.id}",
        )
    now = attending.clock.stamp()
    workspace.runs.change(run.id, state=RunState.COMPLETE, finished_at=now)
    return workspace.runs.find(run.id)


def _ask_all(
    run: Run, system: str, model: OpenedModel, workspace: Workspace, attending: Attending
) -> list[OutcomeKind]:
    """Every task's items of one system; its answers' kinds."""
    questions = questions_of(workspace, run)
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
            raise InterruptedRunError(
                f"stopped; {len(outcomes)} of {len(requests)} answers of this stage are kept"
            )
        kinds += [outcome.kind for outcome in outcomes.values()]
    return kinds


def _tuned(run: Run, base: OpenedModel, workspace: Workspace, attending: Attending) -> OpenedModel:
    """The run's tuned model, made if a stop or a crash came before it was."""
    name = tune(base, run, workspace, attending)
    workspace.runs.change(run.id, tuned=name)
    return find_model(name, workspace).open(attending)
