"""Jobs on the terminal: what they say, how they stand, and their curve."""

import sys
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from xiangsheng.cli.language import say
from xiangsheng.cli.printable import printable
from xiangsheng.cli.progress import shown
from xiangsheng.core.errors import XiangshengError
from xiangsheng.core.events import Progress
from xiangsheng.core.job import Job, JobEvent, JobState
from xiangsheng.verbs.job_plan import JobPlan
from xiangsheng.verbs.spans import duration

BARS = "▁▂▃▄▅▆▇█"
WIDTH = 16


def line(event: JobEvent) -> str:
    """As in 2022, in local time."""
    return f"[{_local(event.created_at):%Y-%m-%d %H:%M:%S}] {printable(event.message)}"


def told(told_of: Iterable[JobEvent | Job], console: Console, *, quiet: bool = False) -> Job:
    """Shows what is followed as it comes: events on stdout, or on stderr when `quiet`, progress on
    stderr. The job as it stands at the end.
    """
    last: Job | None = None
    losses: list[float] = []
    with shown(console) as on_event:
        for one in told_of:
            if isinstance(one, Job):
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
    means = [sum(values[a:b]) / (b - a) for a, b in zip(cuts, cuts[1:], strict=False)]
    low, spread = min(means), max(means) - min(means) or 1.0
    return "".join(BARS[int((mean - low) / spread * (len(BARS) - 1))] for mean in means)


def refuse_unsuccessful(job: Job) -> None:
    """Raises XiangshengError for a job that ended otherwise."""
    if job.state is JobState.FAILED:
        raise XiangshengError(
            f"{job.legacy_id} failed: {job.error.message if job.error else ''}",
            hint=f"all it said: xiangsheng ft events {job.legacy_id}",
            code="job_failed",
        )
    if job.state is JobState.CANCELLED:
        raise XiangshengError(
            f"{job.legacy_id} was cancelled",
            hint=f"all it said: xiangsheng ft events {job.legacy_id}",
            code="job_cancelled",
        )


def estimate(plan: JobPlan) -> Iterator[str]:
    """What a job would do, take and cost, before it is made."""
    spec, file = plan.spec, plan.spec.training
    yield say(
        f"Training file: {file.name}, {file.examples:,} examples, {file.tokens:,} tokens × "
        f"{spec.hyper.epochs} epochs",
        f"训练文件：{file.name}，{file.examples:,} 个样本，{file.tokens:,} 词元 × "
        f"{spec.hyper.epochs} 轮",
    )
    if held := spec.validation:
        yield say(
            f"Validation file: {held.name}, {held.examples:,} examples",
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


def table(jobs: Sequence[Job]) -> Table:
    found = Table(box=box.SIMPLE_HEAD)
    for head in (
        "",
        say("state", "状态"),
        say("base", "基座"),
        say("made", "创建"),
        say("model", "模型"),
    ):
        found.add_column(head, no_wrap=True)
    for job in jobs:
        found.add_row(
            job.legacy_id,
            Text(standing(job)),
            Text(printable(job.spec.base)),
            f"{_local(job.created_at):%Y-%m-%d %H:%M}",
            Text(printable(job.fine_tuned_model or "–")),
        )
    return found


def standing(job: Job) -> str:
    """Its state, and how far it is."""
    if job.ahead is not None:
        return say(
            f"{job.state.value}, {job.ahead} before it",
            f"{job.state.value}，前面还有 {job.ahead} 个",
        )
    if job.state is JobState.RUNNING and job.stage.total:
        return f"{job.state.value} {100 * job.stage.done // job.stage.total} %"
    return job.state.value


def details(job: Job) -> Iterator[tuple[str, str]]:
    """Name and value, for people."""
    spec, hyper = job.spec, job.spec.hyper
    yield say("job", "任务"), f"{job.legacy_id} ({job.modern_id})"
    yield say("state", "状态"), standing(job)
    if job.state is JobState.RUNNING and not job.working:
        yield (
            "",
            say(
                f"its worker is gone; another goes on with: xiangsheng ft follow {job.legacy_id}",
                f"工作进程已不在；继续：xiangsheng ft follow {job.legacy_id}",
            ),
        )
    if job.stage.name:
        stage = job.stage
        yield say("at", "进行到"), f"{stage.name} {stage.done}/{stage.total} · {stage.detail}"
    if job.error:
        yield say("error", "错误"), f"{job.error.message} ({job.error.code})"
    yield say("base", "基座"), spec.base
    yield (
        say("model", "模型"),
        job.fine_tuned_model or say(f"{spec.model}, to be", f"{spec.model}（待生成）"),
    )
    for name, file in (
        (say("training file", "训练文件"), spec.training),
        (say("validation file", "验证文件"), spec.validation),
    ):
        if file:
            examples = say(f"{file.examples:,} examples", f"{file.examples:,} 个样本")
            yield name, f"{file.id} ({file.name}, {examples})"
    if job.result_file:
        yield say("result file", "结果文件"), job.result_file
    yield (
        say("hyperparameters", "超参数"),
        f"n_epochs {hyper.epochs}, batch_size {hyper.batch_size}, learning_rate_multiplier "
        f"{hyper.learning_rate_multiplier:g}, prompt_loss_weight {hyper.prompt_loss_weight:g}",
    )
    for name, moment in (
        (say("made", "创建"), job.created_at),
        (say("started", "开始"), job.started_at),
        (say("ended", "结束"), job.finished_at),
        (say("expected to end", "预计结束"), job.estimated_finish),
    ):
        if moment:
            yield name, f"{_local(moment):%Y-%m-%d %H:%M:%S}"


def details_table(job: Job) -> Table:
    found = Table(box=box.SIMPLE, show_header=False)
    for name, value in details(job):
        found.add_row(name, Text(printable(value)))
    return found


def _local(moment: int) -> datetime:
    return datetime.fromtimestamp(moment, UTC).astimezone()
