"""Jobs in a list, and one in detail."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from rich.cells import cell_len

from xiangsheng.cli.language import say
from xiangsheng.cli.printable import printable
from xiangsheng.core.job import Job, JobState


def listed(jobs: Sequence[Job]) -> Iterator[str]:
    """A line a job: nothing of a name is cut off."""
    states = [standing(job) for job in jobs]
    width = max(map(len, states), default=0)
    for job, state in zip(jobs, states, strict=True):
        made = f"{local_time(job.created_at):%Y-%m-%d %H:%M}"
        model = f" → {job.fine_tuned_model}" if job.fine_tuned_model else ""
        yield printable(f"{job.legacy_id}  {made}  {state:{width}}  {job.spec.base}{model}")


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
            counted = say(examples(file.examples), f"{file.examples:,} 个样本")
            yield name, f"{file.id} ({file.name}, {counted})"
    if job.result_file:
        yield say("result file", "结果文件"), job.result_file
    yield (
        say("hyperparameters", "超参数"),
        (
            f"n_epochs {hyper.epochs}, batch_size {hyper.batch_size}, learning_rate_multiplier "
            f"{hyper.learning_rate_multiplier:g}, prompt_loss_weight {hyper.prompt_loss_weight:g}"
        ),
    )
    for name, moment in (
        (say("made", "创建"), job.created_at),
        (say("started", "开始"), job.started_at),
        (say("ended", "结束"), job.finished_at),
        (say("expected to end", "预计结束"), job.estimated_finish),
    ):
        if moment:
            yield name, f"{local_time(moment):%Y-%m-%d %H:%M:%S}"


def detailed(job: Job) -> Iterator[str]:
    """A line a detail."""
    found = list(details(job))
    width = max(cell_len(name) for name, _ in found)
    for name, value in found:
        yield printable(f"{name}{' ' * (width - cell_len(name))}  {value}")


def examples(number: int) -> str:
    return f"{number:,} example{'s' if number != 1 else ''}"


def local_time(moment: int) -> datetime:
    return datetime.fromtimestamp(moment, UTC).astimezone()
