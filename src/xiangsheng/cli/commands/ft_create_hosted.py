"""`ft create` at a service: what it would cost, as far as the price book knows, and then the job."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from xiangsheng.cli.amounts import told
from xiangsheng.cli.commands.ft_create import Creating, agreed
from xiangsheng.cli.commands.pricing import opened_book
from xiangsheng.cli.consoles import errors
from xiangsheng.cli.job_list import examples
from xiangsheng.cli.job_screen import found
from xiangsheng.cli.language import say
from xiangsheng.cli.printable import printable
from xiangsheng.core.estimate import Estimate
from xiangsheng.core.job import Job, JobRequest
from xiangsheng.core.spans import duration
from xiangsheng.verbs.hosted_plan import HostedPlan, plan_hosted, start_hosted

if TYPE_CHECKING:
    from xiangsheng.backends.hosted.jobs import HostedJobs
    from xiangsheng.backends.hosted.service import Service


def made_there(asked: JobRequest, jobs: "HostedJobs", creating: Creating) -> Job:
    """The job, once a person has seen what it takes; one that is the same is found instead."""
    console = errors()
    plan = plan_hosted(asked, jobs, opened_book(None), datetime.now(UTC))
    if plan.twin:
        console.print(printable(found(plan.twin)), soft_wrap=True)
        return plan.twin
    agreed(_estimate(plan, jobs.http.service), creating, console)
    return start_hosted(plan, jobs, anew=creating.anew)


def _estimate(plan: HostedPlan, service: "Service") -> Iterator[str]:
    request, file, cost = plan.request, plan.training, plan.cost
    if plan.tokens is None:
        yield say(f"Training file: {file.id}", f"训练文件：{file.id}")
    else:
        count = f"{'' if plan.tokens.known else '≈'}{plan.tokens.likely:,}"
        yield say(
            f"Training file: {file.name}, {examples(len(file.examples))}, {count} tokens × "
            f"{request.hyper.epochs} epochs",
            f"训练文件：{file.name}，{len(file.examples):,} 个样本，{count} 词元 × "
            f"{request.hyper.epochs} 轮",
        )
    if held := plan.validation:
        yield say("Validation file: ", "验证文件：") + held.name
    yield say("Service: ", "服务：") + f"{service.name} ({service.url})"
    yield say("Model: ", "模型：") + request.model
    if isinstance(cost, Estimate):
        yield say("Cost: ", "费用：") + told(cost.cost)
        for said in cost.assumptions:
            yield f"  {say(said.en, said.zh)}"
    else:
        yield say(f"Cost: not known: {cost.en}", f"费用：不知道：{cost.zh}")
    seconds = cost.seconds if isinstance(cost, Estimate) else None
    if seconds is None:
        yield say("Time: not known: the service does not say", "时间：不知道，服务方不说")
    else:
        yield say(
            f"Time: about {duration(seconds)} on two cores, after the jobs before it",
            f"时间：两个核心约 {duration(seconds)}，排在前面的任务先做",
        )
