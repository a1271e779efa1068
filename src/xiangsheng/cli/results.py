"""Scores and studies on the terminal, and as JSON documents."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from xiangsheng.cli import learning
from xiangsheng.cli.language import say
from xiangsheng.core.canonical import plain
from xiangsheng.core.results import Study, TaskResult
from xiangsheng.core.score import Score
from xiangsheng.metrics.names import HEALTH, TEN

if TYPE_CHECKING:
    from xiangsheng.verbs.report import Written


def plain_score(score: Score) -> dict[str, Any]:
    return {
        "value": score.value,
        "ci95": list(score.ci95) if score.ci95 else None,
        "n": score.n,
        "units": score.units,
        "signature": str(score.signature),
    }


def plain_scores(scores: Mapping[str, Score]) -> dict[str, Any]:
    """The ten under `metrics`, all others under `also`."""
    return {
        "metrics": {name: plain_score(scores[name]) for name in TEN if name in scores},
        "also": {name: plain_score(score) for name, score in scores.items() if name not in TEN},
    }


def document(written: "Written") -> dict[str, Any]:
    """A study as JSON: where its report is, and every number with its recipe."""
    study = written.study
    return {
        "run": study.run,
        "report": str(written.page),
        "log": str(written.log),
        "notes": [note.en for note in study.notes],
        "tasks": {task.name: _plain_task(task, plain_scores) for task in study.tasks},
        "real_lines": study.real_lines and _plain_task(study.real_lines, _plain_each),
        "copied": study.copied and plain(study.copied),
    }


def _plain_task(
    task: TaskResult, scores: Callable[[Mapping[str, Score]], dict[str, Any]]
) -> dict[str, Any]:
    return {
        "systems": {
            system.name: {
                "model": system.model,
                "n": sum(system.outcomes.values()),
                "outcomes": {kind.value: n for kind, n in system.outcomes.items()},
                **scores(system.scores),
            }
            for system in task.systems
        },
        "differences": _plain_each(task.differences),
    }


def _plain_each(scores: Mapping[str, Score]) -> dict[str, Any]:
    return {name: plain_score(score) for name, score in scores.items()}


def show(written: "Written", console: Console) -> None:
    """What a person wants to see first: a line to smile at, the table, the bill, the report."""
    study = written.study
    _read_one(study, console)
    for task in study.tasks:
        _show_task(task, console)
    if line := learning.told(study.real_lines):
        console.print(Text(line), soft_wrap=True)
        console.print()
    for note in study.notes:
        console.print(Text(say(note.en, note.zh), style="yellow"))
    cost = " + ".join(str(line.amount) for line in study.spent)
    would = sum(float(line.amount.amount) for line in study.would_have_cost)
    console.print(
        say(
            f"Spent: {cost}. On GPT-3 davinci in 2022: about {would:.2f} USD (estimate).",
            f"花费：{cost}。2022 年用 GPT-3 davinci 约需 {would:.2f} USD（估计）。",
        )
    )
    console.print(say(f"Report: {written.page}", f"报告：{written.page}"), soft_wrap=True)


def _read_one(study: Study, console: Console) -> None:
    samples = [sample for sample in study.samples if sample.task == "next-line"]
    if not samples:
        return
    answered = (sample for sample in samples if all(map(str.strip, sample.answers.values())))
    sample = next(answered, samples[0])
    heading = f"《{sample.title}》" if sample.title else sample.item
    console.print(Text(heading, style="bold"))
    for label, text in sample.given[-3:]:
        console.print(Text(f"  {label}: {text}"), soft_wrap=True)
    console.print(Text(say("  the script: ", "  原剧本：") + sample.reference), soft_wrap=True)
    for system, text in sample.answers.items():
        name = {"base": say("base", "基座"), "tuned": say("tuned", "微调")}.get(system, system)
        console.print(Text(f"  {name}: {text.strip()}"), soft_wrap=True)
    console.print()


def _show_task(task: TaskResult, console: Console) -> None:
    title = say(
        f"{task.name}: {task.items} prompts, {task.scripts} scripts",
        f"{task.name}：{task.items} 个提示，{task.scripts} 个剧本",
    )
    columns = [(system.name, system.scores) for system in task.systems]
    if task.differences:
        columns.append((say("difference", "差"), task.differences))
    # Ten lines at once have few counterparts: what matters there is whether the text is healthy.
    metrics = (*TEN, *HEALTH, "novelty_4") if task.name == "next-line" else ("distinct_2", *HEALTH)
    show_scores(title, columns, console, metrics)


def show_scores(
    title: str,
    columns: Iterable[tuple[str, Mapping[str, Score]]],
    console: Console,
    metrics: Sequence[str] = (*TEN, *HEALTH),
) -> None:
    """One row a metric, value and 95 % interval a column."""
    shown = list(columns)
    unit = say(" (%, 95 % interval)", "（%，95% 区间）")
    # Above the table and not in it: a title within would be broken at the table's width.
    console.print(Text(title + unit, style="italic"), soft_wrap=True)
    table = Table(box=box.SIMPLE_HEAD)
    table.add_column("", no_wrap=True)
    for name, _ in shown:
        table.add_column(Text(name), justify="right", no_wrap=True)
    for metric in metrics:
        if any(metric in scores for _, scores in shown):
            table.add_row(metric, *(_cell(scores.get(metric)) for _, scores in shown))
    console.print(table)


def _cell(score: Score | None) -> str:
    """At most 20 characters, so that three columns fit a terminal of 80."""
    if score is None:
        return "–"
    if score.ci95 is None:
        return f"{score.value:.2f}"
    low, high = (f"{end:.0f}" if abs(end) >= 99.95 else f"{end:.1f}" for end in score.ci95)
    return f"{score.value:.2f} [{low}, {high}]"
