"""What a whole experiment would cost: its tasks, base and tuned, and the tuning."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from xiangsheng.core.estimate import Estimate, Estimated
from xiangsheng.core.events import OnEvent
from xiangsheng.core.price import UnknownPrice
from xiangsheng.core.run import REAL_LINES, TaskSpec
from xiangsheng.prepare.questions import Question
from xiangsheng.prepare.render import half_untitled
from xiangsheng.pricing.counted import Asked, CountedExamples, CountedPrompts, count_prompts
from xiangsheng.pricing.estimating import Asking, estimate_prompts, together
from xiangsheng.pricing.tokens import distinct
from xiangsheng.tokens.counting import Counter
from xiangsheng.verbs.attending import Attending
from xiangsheng.verbs.estimate_train import Learning, count_learning, of_scripts, train_estimate
from xiangsheng.verbs.estimating import HERE, Wanted, counter_of, each, in_one_currency, text_of
from xiangsheng.verbs.models import FoundModel, OpenedModel
from xiangsheng.verbs.notices import tell
from xiangsheng.verbs.plan import make_plan, read_data
from xiangsheng.verbs.recipe import Recipe


@dataclass(frozen=True, slots=True)
class _Work:
    """All that a run asks, by task; and what is tuned on, if it tunes."""

    tasks: dict[str, Asked]
    tuning: Learning | None


@dataclass(frozen=True, slots=True)
class _Counted:
    tasks: dict[str, CountedPrompts]
    distinct: int
    tuning: tuple[CountedExamples, CountedExamples | None] | None


def estimate_run(recipe: Recipe, wanted: Wanted, on_event: OnEvent) -> Estimated:
    """Parts are the tasks by name, each with `base` and `tuned` where it is both, and `training`."""
    work = _work(recipe, wanted.model, on_event)
    counts: dict[str, _Counted] = {}

    def make(asking: Asking) -> Estimate | UnknownPrice:
        counter = counter_of(asking)
        if counter.name not in counts:
            counts[counter.name] = _count(counter, work)
        return in_one_currency(
            asking, lambda one: _estimate(one, counter, work, counts[counter.name])
        )

    return each(wanted, make)


def _work(recipe: Recipe, model: str, on_event: OnEvent) -> _Work:
    data = read_data(recipe.data)
    tell(data.warnings, on_event)
    plan = make_plan(recipe, FoundModel(model, "", _never, "", messages=True), data, on_event)
    tasks = {
        task.name: _asked(task, [q for q in plan.questions if q.task == task.name])
        for task in plan.spec.tasks
    }
    tuning = None
    if recipe.tune:
        scripts = half_untitled(plan.data.train)
        tuning = of_scripts(scripts, plan.spec.rendering, plan.spec.tuning.epochs)
    return _Work(tasks, tuning)


def _never(_attending: Attending) -> OpenedModel:
    raise AssertionError("an estimate opens no model")


def _asked(task: TaskSpec, questions: Sequence[Question]) -> Asked:
    sampling = task.sampling
    return Asked(
        prompts=tuple(
            question.prompt.text or text_of(question.prompt.messages) for question in questions
        ),
        most=sampling.max_tokens,
        copies=max(sampling.n, sampling.best_of or 0),
        answers=tuple(question.reference for question in questions) if sampling.max_tokens else (),
        sure=task.name != REAL_LINES,
        one_line=task.asked == 1,
    )


def _count(counter: Counter, work: _Work) -> _Counted:
    every = sorted(prompt for asked in work.tasks.values() for prompt in asked.prompts)
    return _Counted(
        {name: count_prompts(counter, asked) for name, asked in work.tasks.items()},
        distinct(counter, every),
        count_learning(counter, work.tuning) if work.tuning else None,
    )


def _estimate(
    asking: Asking, counter: Counter, work: _Work, counted: _Counted
) -> Estimate | UnknownPrice:
    here = asking.book.ref(asking.model).provider in HERE
    parts: dict[str, Estimate] = {}
    for name, task in work.tasks.items():
        asked = replace(task, sure=task.sure or here)
        systems: dict[str, Estimate] = {}
        for system in ("base", "tuned") if work.tuning else ("base",):
            of_system = replace(asking, tuned=system == "tuned")
            made = estimate_prompts(of_system, counter, counted.tasks[name], asked)
            if isinstance(made, UnknownPrice):
                return made
            systems[system] = made
        (first, *others) = systems.values()
        whole = together(first.model, systems, counted.tasks[name].distinct)
        parts[name] = whole if others else first
    if not work.tuning or not counted.tuning:
        return together(asking.name, parts, counted.distinct)
    training = train_estimate(asking, counter, *counted.tuning, work.tuning.epochs)
    if isinstance(training, UnknownPrice):
        return training
    return together(asking.name, parts, counted.distinct, training)
