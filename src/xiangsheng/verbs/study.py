"""A run's answers, scored and gathered into what a report shows."""

import platform
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from xiangsheng import __version__, metrics
from xiangsheng.core.generation import Usage
from xiangsheng.core.results import (
    CorpusSummary,
    Sample,
    SpendingLine,
    Study,
    SystemResult,
    TaskResult,
    Tuning,
)
from xiangsheng.core.run import REAL_LINES, Run, RunState, TaskSpec
from xiangsheng.core.script import Script
from xiangsheng.core.words import Words
from xiangsheng.corpus.copied import copied
from xiangsheng.corpus.study import lines_of
from xiangsheng.prepare.questions import Question
from xiangsheng.pricing import davinci_2022
from xiangsheng.report import published
from xiangsheng.store.run_folder import RunFolder
from xiangsheng.store.workspace import Workspace
from xiangsheng.verbs import c3
from xiangsheng.verbs.completions import (
    Answered,
    answered,
    chosen,
    counts,
    questions_of,
    systems,
)
from xiangsheng.verbs.copied import said
from xiangsheng.verbs.pairs import pairs

ROUGH_BELOW = 20
"""Scripts below which an interval over scripts is called rough."""

SAMPLES_PER_TASK = 4


@dataclass(frozen=True, slots=True)
class _Sheet:
    """What the parts of a study are worked out from."""

    run: Run
    questions: tuple[Question, ...]
    answers: tuple[Answered, ...]
    scripts: tuple[Script, ...]
    training: tuple[str, ...]
    unsettled: int

    def of(self, task: str, system: str) -> tuple[Answered, ...]:
        return chosen(self.answers, task, system)


def build_study(workspace: Workspace, run: Run) -> Study:
    """Everything a report shows of `run`, complete or not; asks no model anything."""
    folder, journal = workspace.folder(run.id), workspace.journal(run.id)
    questions = questions_of(workspace, run)
    scripts = folder.load("training.jsonl", Script)
    sheet = _Sheet(
        run,
        questions,
        answered(workspace, run, questions),
        scripts,
        lines_of(scripts),
        journal.unsettled(),
    )
    made = folder.load("tuning.jsonl", Tuning)[-1] if run.tuned else None
    return Study(
        run=run.id,
        recipe=run.spec.recipe,
        created_at=run.created_at,
        finished_at=run.finished_at,
        corpora=folder.load("corpora.jsonl", CorpusSummary),
        rendering=run.spec.rendering,
        tasks=tuple(_task(sheet, task) for task in _answering(run)),
        samples=tuple(_samples(sheet)),
        published=published(),
        spent=tuple(SpendingLine(Words("作答", "answers"), sum_) for sum_ in journal.spent()),
        would_have_cost=tuple(_davinci(sheet, made)),
        commands=_commands(run, folder),
        environment={
            "xiangsheng": __version__,
            "python": platform.python_version(),
            "machine": f"{platform.system()} {platform.machine()}",
        },
        notes=tuple(_notes(sheet)),
        tuning=made,
        building=built.making if (built := workspace.bases.get(run.spec.model_digest)) else None,
        real_lines=next(
            (_task(sheet, task) for task in run.spec.tasks if task.name == REAL_LINES), None
        ),
        copied=copied(said(sheet.answers), scripts),
    )


def _answering(run: Run) -> Iterator[TaskSpec]:
    """The tasks that ask for text."""
    return (task for task in run.spec.tasks if task.name != REAL_LINES)


def _task(sheet: _Sheet, task: TaskSpec) -> TaskResult:
    which = metrics.LEARNING if task.name == REAL_LINES else None
    results = []
    for system, model in systems(sheet.run):
        answers = sheet.of(task.name, system)
        scores = metrics.evaluate(pairs(answers), training=sheet.training, which=which)
        results.append(
            SystemResult(system, model, counts(answer.outcome.kind for answer in answers), scores)
        )
    shared = _shared(sheet, task)
    return TaskResult(
        name=task.name,
        sampling=task.sampling,
        items=len(shared[0]),
        scripts=len({answer.question.script for answer in shared[0]}),
        systems=tuple(results),
        differences=(
            metrics.compare(*map(pairs, shared), training=sheet.training, which=which)
            if len(shared) == 2 and shared[0]
            else {}
        ),
    )


def _shared(sheet: _Sheet, task: TaskSpec) -> list[tuple[Answered, ...]]:
    """Each system's answers to the items that every system has answered."""
    all_answers = [sheet.of(task.name, system) for system, _ in systems(sheet.run)]
    items = set.intersection(*({a.question.item for a in answers} for answers in all_answers))
    return [
        tuple(answer for answer in answers if answer.question.item in items)
        for answers in all_answers
    ]


def _samples(sheet: _Sheet) -> Iterator[Sample]:
    """Items from the middle of equal parts of each task, so that nobody picked the good ones."""
    for task in _answering(sheet.run):
        by_item: dict[str, dict[str, Answered]] = {}
        for system, _ in systems(sheet.run):
            for answer in sheet.of(task.name, system):
                by_item.setdefault(answer.question.item, {})[system] = answer
        items = list(by_item)
        middles = range(len(items), 2 * SAMPLES_PER_TASK * len(items), 2 * len(items) or 1)
        for place in dict.fromkeys(middle // (2 * SAMPLES_PER_TASK) for middle in middles):
            yield _sample(task.name, by_item[items[place]])


def _sample(task: str, answers: Mapping[str, Answered]) -> Sample:
    question = next(iter(answers.values())).question
    return Sample(
        task=task,
        item=question.item,
        title=question.title,
        given=tuple((line.speaker, line.text) for line in question.history),
        reference=question.reference,
        answers={system: answer.outcome.generated for system, answer in answers.items()},
    )


def _davinci(sheet: _Sheet, made: Tuning | None) -> Iterator[SpendingLine]:
    if made:
        what = Words("微调 davinci", "fine-tuning davinci")
        yield davinci_2022.training(what, made.characters, 4)
    for system, _ in systems(sheet.run):
        answers = [answer for answer in sheet.answers if answer.system == system]
        tuned = system == "tuned"
        what = (
            Words("微调后的 davinci 作答", "answers of fine-tuned davinci")
            if tuned
            else Words("原始 davinci 作答", "answers of base davinci")
        )
        yield davinci_2022.generation(what, _usage(answers), tuned=tuned)


def _usage(answers: Iterable[Answered]) -> Usage:
    """In characters: every prompt once, every completion of each."""
    prompts, texts = 0, 0
    for answer in answers:
        prompt = answer.question.prompt
        prompts += len(prompt.text) + sum(len(message.content) for message in prompt.messages)
        texts += sum(len(completion.generated) for completion in answer.outcome.completions)
    return Usage(prompts, texts)


def _commands(run: Run, folder: RunFolder) -> tuple[str, ...]:
    """The recipe kept with the run holds every setting; the path is as seen beside the home."""
    home = folder.folder.parent.parent
    recipe = folder.path("recipe.toml").relative_to(home.parent)
    return (
        f"xiangsheng run {recipe}",
        f"xiangsheng report {run.id}",
        f"xiangsheng score {run.id} --json",
    )


def _notes(sheet: _Sheet) -> Iterator[Words]:
    if sheet.run.spec.model.startswith("local:"):
        yield Words(
            f"{sheet.run.spec.model} 是在本机从零训练的小模型，只是借用了 2022 年的名字，不是 OpenAI 的模型。",
            f"{sheet.run.spec.model} is a small model trained on this machine from nothing. It has a "
            "name of 2022 and is not OpenAI's model.",
        )
    if sheet.run.state is not RunState.COMPLETE:
        yield Words(
            "这个实验还没有做完：不是每一项都有答案。",
            "This run is not complete: not every item has an answer.",
        )
    if sheet.unsettled:
        yield Words(
            f"{sheet.unsettled} 个请求发出后没有等到答案，按已花费计。",
            f"{sheet.unsettled} requests left without an answer coming back; they count as spent.",
        )
    scripts = {question.script for question in sheet.questions}
    if len(scripts) < ROUGH_BELOW:
        yield Words(
            f"测试剧本只有 {len(scripts)} 个，不到 {ROUGH_BELOW} 个：区间很粗略。",
            f"{len(scripts)} test scripts: below {ROUGH_BELOW}, intervals are rough.",
        )
    if c3.are_published(sheet.questions):
        yield Words(
            "这就是 C³ 50 × 20 的 950 个提示：2022 年的各行答的是同样的台词。",
            "These are the 950 prompts on the 50 × 20 of C³: the 2022 rows answered the same lines.",
        )
    else:
        yield Words(
            "这不是 C³ 50 × 20 的 950 个提示：2022 年的各行只供参照，不能比较。",
            "These are not the 950 prompts on the 50 × 20 of C³: the 2022 rows are shown for "
            "orientation, not comparison.",
        )
