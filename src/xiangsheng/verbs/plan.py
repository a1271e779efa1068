"""A recipe and its data, made into a frozen specification and its questions."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from xiangsheng.core.canonical import digest
from xiangsheng.core.errors import DataError, UsageError
from xiangsheng.core.events import Note, OnEvent
from xiangsheng.core.generation import Sampling
from xiangsheng.core.model import Hyperparameters
from xiangsheng.core.rendering import Format, Rendering
from xiangsheng.core.run import REAL_LINES, RunSpec, TaskSpec
from xiangsheng.core.script import Script
from xiangsheng.corpus.study import StudyData, bundled, read_study, study_data, with_valid
from xiangsheng.prepare.questions import (
    Question,
    last_lines_prompt,
    next_line_prompts,
    real_lines_prompt,
)
from xiangsheng.verbs.models import FoundModel
from xiangsheng.verbs.recipe import DataPart, Recipe, TaskPart

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,39}")


@dataclass(frozen=True, slots=True)
class Plan:
    """What a run will do: its id follows from `spec`."""

    spec: RunSpec
    questions: tuple[Question, ...]
    data: StudyData

    @property
    def run(self) -> str:
        return f"{self.spec.recipe}-{digest(self.spec)[:10]}"


def read_data(part: DataPart) -> StudyData:
    """The bundled scripts when nothing is named."""
    if part.train or part.test:
        root = Path(part.root)
        if not (part.train and part.test):
            raise UsageError(
                "only one of data.train and data.test is given",
                hint="give both, or only --data FOLDER",
                code="recipe",
            )
        data = read_study(root / part.train, root / part.test)
    else:
        data = study_data(Path(part.root)) if part.root else bundled()
    return with_valid(data, Path(part.root) / part.valid) if part.valid else data


def make_plan(recipe: Recipe, base: FoundModel, data: StudyData, on_event: OnEvent) -> Plan:
    """Raises UsageError or DataError before anything is asked."""
    if not _NAME.fullmatch(recipe.name):
        raise UsageError(
            f"the recipe's name {recipe.name!r} cannot name a run",
            hint="use letters, digits, - and _, at most 40",
            code="recipe",
        )
    if recipe.tune and recipe.tuning.patience is not None and not data.valid:
        raise UsageError(
            "tuning.patience waits for the loss of held-out scripts, and there are none",
            hint="name some: --set data.valid=FILE_OR_FOLDER, or leave tuning.patience out",
            code="recipe",
        )
    spec = RunSpec(
        recipe=recipe.name,
        model=base.name,
        model_digest=base.identity,
        data=digest((data.train, data.test, *([data.valid] if data.valid else []))),
        rendering=recipe.rendering,
        tasks=_tasks(recipe, on_event),
        tune=recipe.tune,
        base=recipe.base,
        tuning=recipe.tuning.hyper if recipe.tune else Hyperparameters(),
        suffix=recipe.tuning.suffix or _suffix(recipe.data),
        tuner=(base.tuner or "") if recipe.tune else "",
        replicate=recipe.replicate,
    )
    return Plan(spec, _questions(data.test, spec, on_event), data)


def _tasks(recipe: Recipe, on_event: OnEvent) -> tuple[TaskSpec, ...]:
    """All tasks but those that the rendering cannot have."""
    chosen = dict(recipe.tasks)
    if recipe.rendering.format is Format.CHAT and REAL_LINES in chosen:
        del chosen[REAL_LINES]
        on_event(Note(f"{REAL_LINES} is left out: a chat model does not say how likely a text is"))
    if not chosen:
        raise UsageError(
            f"nothing is left to ask but {REAL_LINES}, which a chat model cannot answer",
            hint="choose the turns, block or script format, or add a task",
            code="recipe",
        )
    return tuple(
        TaskSpec(name, part.given, part.asked, _sampling(part, recipe.rendering))
        for name, part in chosen.items()
    )


def _sampling(part: TaskPart, rendering: Rendering) -> Sampling:
    """One line ends where the rendering says, unless the recipe says otherwise."""
    if part.sampling.stop or part.asked > 1 or not part.sampling.max_tokens:
        return part.sampling
    return replace(part.sampling, stop=rendering.stop)


def _suffix(part: DataPart) -> str:
    return Path(part.root or part.train).resolve().name if part.root or part.train else "bundled"


def _questions(scripts: Sequence[Script], spec: RunSpec, on_event: OnEvent) -> tuple[Question, ...]:
    found: list[Question] = []
    for task in spec.tasks:
        # Real lines are read as far as there are any; one is enough.
        needed = task.given + (1 if task.name == REAL_LINES else task.asked)
        fitting = [s for s in scripts if len(s.lines) >= needed]
        if len(fitting) < len(scripts):
            on_event(
                Note(
                    f"{task.name}: {len(scripts) - len(fitting)} of {len(scripts)} test scripts "
                    f"have fewer than {needed} lines and are left out",
                    warning=True,
                )
            )
        if not fitting:
            raise DataError(
                f"no test script has the {needed} lines that {task.name} needs",
                hint="give longer scripts, or make both tasks smaller: --set "
                "tasks.next-line.given=K --set tasks.last-ten.given=K --set tasks.last-ten.asked=M",
                code="too_short",
            )
        for script in fitting:
            found.extend(_of_script(script, task, spec.rendering))
    return tuple(found)


def _of_script(script: Script, task: TaskSpec, rendering: Rendering) -> Iterable[Question]:
    if task.name == "next-line":
        return next_line_prompts(script, rendering, task.given)
    if task.name == REAL_LINES:
        return (real_lines_prompt(script, rendering, task.given, task.asked),)
    return (last_lines_prompt(script, rendering, task.given, task.asked),)
