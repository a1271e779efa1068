"""A job on the terminal: what it would take, what it says, and its curve."""

import sys
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from rich.console import Console
from rich.text import Text

from xiangsheng.cli.job_list import examples, local_time
from xiangsheng.cli.language import say
from xiangsheng.cli.printable import printable
from xiangsheng.cli.progress import shown
from xiangsheng.core.errors import XiangshengError
from xiangsheng.core.events import Note, Progress
from xiangsheng.core.job import Job, JobEvent, JobState
from xiangsheng.core.spans import duration
from xiangsheng.verbs.job_plan import JobPlan

BARS = "▁▂▃▄▅▆▇█"
WIDTH = 16


def line(event: JobEvent) -> str:
    """As in 2022, in local time."""
    return f"[{local_time(event.created_at):%Y-%m-%d %H:%M:%S}] {printable(event.message)}"


def told(told_of: Iterable[JobEvent | Job | Note], console: Console, *, quiet: bool = False) -> Job:
    """Shows what is followed as it comes: events on stdout, or on stderr when `quiet`, progress on
    stderr. The job as it stands at the end.
    """
    last: Job | None = None
    losses: list[float] = []
    with shown(console) as on_event:
        for one in told_of:
            if isinstance(one, Note):
                on_event(one)
            elif isinstance(one, Job):
                last = one
                if one.stage.total:
                    on_event(_progress(one, losses))
            elif one.metrics:
                losses += [float(str(one.data["train_loss"]))] if "train_loss" in one.data else []
            elif quiet:
                console.print(Text(line(one)), soft_wrap=True)
            else:
                sys.stdout.write(line(one) + "\n")
                sys.stdout.flush()
    assert last is not None  # following always tells how the job stands
    return last


def _progress(job: Job, losses: Sequence[float]) -> Progress:
    stage, curve = job.stage, sparkline(losses)
    detail = f"{curve} {stage.detail}" if curve and stage.name == "training" else stage.detail
    return Progress(stage.name, stage.done, stage.total, detail=detail)


def sparkline(values: Sequence[float], width: int = WIDTH) -> str:
    """The means of `width` stretches, from the lowest to the highest; empty for fewer values."""
    if len(values) < width:
        return ""
    cuts = [len(values) * place // width for place in range(width + 1)]
    means = [sum(values[a:b]) / (b - a) for a, b in pairwise(cuts)]
    low, spread = min(means), max(means) - min(means) or 1.0
    return "".join(BARS[int((mean - low) / spread * (len(BARS) - 1))] for mean in means)


def refuse_unsuccessful(job: Job) -> None:
    """Raises XiangshengError for a job that ended otherwise."""
    if job.state is JobState.FAILED:
        raise XiangshengError(
            f"{job.label} failed: {job.error.message if job.error else ''}",
            hint=f"all it said: xiangsheng ft events {job.typed}",
            code="job_failed",
        )
    if job.state is JobState.CANCELLED:
        raise XiangshengError(
            f"{job.label} was cancelled",
            hint=f"all it said: xiangsheng ft events {job.typed}",
            code="job_cancelled",
        )


def found(job: Job) -> str:
    """That the same job is there already."""
    return say(
        f"The same job is there: {job.label}, {job.state.value}. --again makes another.",
        f"已有相同的任务：{job.label}，{job.state.value}。要另做一个请加 --again。",
    )


def estimate(plan: JobPlan) -> Iterator[str]:
    """What a job would do, take and cost, before it is made."""
    spec, file = plan.spec, plan.spec.training
    yield say(
        f"Training file: {file.name}, {examples(file.examples)}, {file.tokens:,} tokens × "
        f"{spec.hyper.epochs} epochs",
        f"训练文件：{file.name}，{file.examples:,} 个样本，{file.tokens:,} 词元 × "
        f"{spec.hyper.epochs} 轮",
    )
    if held := spec.validation:
        yield say(
            f"Validation file: {held.name}, {examples(held.examples)}",
            f"验证文件：{held.name}，{held.examples:,} 个样本",
        )
    built = say(
        f", built first: about {duration(plan.building)}",
        f"，先训练基座：约 {duration(plan.building)}",
    )
    yield say("Base: ", "基座：") + spec.base + (built if plan.building else "")
    yield say(
        f"Batch size {spec.hyper.batch_size}, learning rate multiplier "
        f"{spec.hyper.learning_rate_multiplier:g}, prompt loss weight "
        f"{spec.hyper.prompt_loss_weight:g}",
        f"批大小 {spec.hyper.batch_size}，学习率乘数 {spec.hyper.learning_rate_multiplier:g}，"
        f"提示损失权重 {spec.hyper.prompt_loss_weight:g}",
    )
    yield say(
        f"Time: about {duration(spec.seconds)} on two cores",
        f"时间：两个核心约 {duration(spec.seconds)}",
    )
    yield say(
        f"Cost here: {spec.cost}. On GPT-3 davinci in 2022: about {plan.davinci} (estimate)",
        f"本机费用：{spec.cost}。2022 年在 GPT-3 davinci 上约 {plan.davinci}（估计）",
    )
