"""Jobs in a list, and one in detail."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from rich.cells import cell_len

from xiangsheng.cli.language import say
from xiangsheng.cli.printable import printable
from xiangsheng.core.job import Job, JobState, TrainingFile


def listed(jobs: Sequence[Job]) -> Iterator[str]:
    """A line a job: nothing of a name is cut off."""
    states = [standing(job) for job in jobs]
    width = max(map(len, states), default=0)
    for job, state in zip(jobs, states, strict=True):
        made = f"{local_time(job.created_at):%Y-%m-%d %H:%M}"
        model = f" → {job.fine_tuned_model}" if job.fine_tuned_model else ""
        yield printable(f"{job.label}  {made}  {state:{width}}  {job.spec.base}{model}")


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
    spec = job.spec
    name = job.label if job.elsewhere else f"{job.legacy_id} ({job.modern_id})"
    yield say("job", "任务"), name
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
    to_be = say(f"{spec.model}, to be", f"{spec.model}（待生成）") if spec.model else ""
    if model := job.fine_tuned_model or to_be:
        yield say("model", "模型"), model
    for name, file in (
        (say("training file", "训练文件"), spec.training),
        (say("validation file", "验证文件"), spec.validation),
    ):
        if file:
            yield name, _file(file)
    if job.result_file:
        yield say("result file", "结果文件"), job.result_file
    if told := ", ".join(_hyperparameters(job)):
        yield say("hyperparameters", "超参数"), told
    for name, moment in (
        (say("made", "创建"), job.created_at),
        (say("started", "开始"), job.started_at),
        (say("ended", "结束"), job.finished_at),
        (say("expected to end", "预计结束"), job.estimated_finish),
    ):
        if moment:
            yield name, f"{local_time(moment):%Y-%m-%d %H:%M:%S}"


def _file(file: TrainingFile) -> str:
    """Services tell the id alone."""
    counted = say(examples(file.examples), f"{file.examples:,} 个样本")
    return f"{file.id} ({file.name}, {counted})" if file.name else file.id


def _hyperparameters(job: Job) -> Iterator[str]:
    """Those of a service as it tells them."""
    hyper = job.spec.hyper
    chosen = {
        "n_epochs": hyper.epochs,
        "batch_size": hyper.batch_size,
        "learning_rate_multiplier": hyper.learning_rate_multiplier,
        "prompt_loss_weight": hyper.prompt_loss_weight,
    }
    told = job.elsewhere.hyper if job.elsewhere else chosen
    for name, value in told.items():
        yield f"{name} {format(value, 'g') if isinstance(value, int | float) else value}"


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
