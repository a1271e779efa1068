"""Beginning a run: its files, and then its row."""

from typing import Any

from xiangsheng.core.canonical import plain
from xiangsheng.core.clock import Clock
from xiangsheng.core.run import Run, RunState
from xiangsheng.corpus.statistics import summarise
from xiangsheng.files.atomic import write_text
from xiangsheng.store.workspace import Workspace
from xiangsheng.verbs.plan import Plan
from xiangsheng.verbs.recipe import Recipe


def begin(plan: Plan, recipe: Recipe, workspace: Workspace, clock: Clock) -> None:
    """Writes what resuming, scoring and reporting need, and lists the run if it is not listed.

    The row comes last, so a run that is listed has had all its files; files that have gone
    since are written again.
    """
    folder = workspace.folder(plan.run)
    train, test = plan.data.sources
    summaries = (
        summarise("training", train, plan.data.train),
        summarise("test", test, plan.data.test),
    )
    for name, values in (
        ("questions.jsonl", plan.questions),
        ("training.jsonl", plan.data.train),
        ("corpora.jsonl", summaries),
    ):
        if not folder.path(name).is_file():
            folder.save(name, values)
    if plan.data.valid and not folder.path("validation.jsonl").is_file():
        folder.save("validation.jsonl", plan.data.valid)
    write_text(folder.path("recipe.toml"), as_toml(recipe))
    if workspace.runs.get(plan.run) is None:
        workspace.runs.add(Run(plan.run, plan.spec, RunState.RUNNING, clock.stamp()))


def as_toml(recipe: Recipe) -> str:
    """The recipe with every setting in it: `xiangsheng run` of this file is the same run."""
    import tomli_w

    return tomli_w.dumps(_without_none(plain(recipe)))


def _without_none(value: Any) -> Any:
    """TOML has no null; a key that is absent means the same."""
    if isinstance(value, dict):
        return {key: _without_none(item) for key, item in value.items() if item is not None}
    return value
