"""`ft`: fine-tune jobs of this home, or of a service."""

import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from xiangsheng.cli.commands.ft_create import CREATE, create
from xiangsheng.cli.commands.jobs_opening import opened_jobs
from xiangsheng.cli.language import say
from xiangsheng.cli.old_spelling import OldSpelling
from xiangsheng.cli.printable import printable, write
from xiangsheng.cli.service_options import BaseUrl

if TYPE_CHECKING:
    from xiangsheng.core.job import Job
    from xiangsheng.core.ports import JobService

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help=say("Fine-tune jobs.", "微调任务。"),
)

JobId = Annotated[
    str, typer.Argument(metavar="JOB", help=say("ft-… ; empty: the newest.", "ft-…；留空为最新。"))
]
OneJob = Annotated[str, typer.Argument(metavar="JOB", help=say("ft-…", "ft-…"))]
Json = Annotated[
    bool,
    typer.Option("--json", help=say("One JSON document on stdout.", "在标准输出给出一个 JSON。")),
]
app.command("create", help=CREATE, cls=OldSpelling)(create)


@app.command(help=say("Everything a job says, until it ends.", "看任务的进展，直到结束。"))
def follow(job: JobId = "", json: Json = False, base_url: BaseUrl = "") -> None:
    from xiangsheng.cli.commands.ft_follow import followed

    with opened_jobs(base_url) as place:
        followed(place, found(place.jobs, job), json=json)


@app.command("list", help=say("The jobs, newest first.", "列出任务，新的在前。"))
def list_(json: Json = False, base_url: BaseUrl = "") -> None:
    from xiangsheng.cli.consoles import write_json
    from xiangsheng.cli.job_list import listed

    with opened_jobs(base_url) as (jobs, _):
        all_of_them, _ = jobs.list()
    if json:
        write_json({"jobs": [document(job) for job in all_of_them]})
    else:
        sys.stdout.writelines(f"{line}\n" for line in listed(all_of_them))


@app.command(help=say("How a job stands.", "任务的情况。"))
def get(job: JobId = "", json: Json = False, base_url: BaseUrl = "") -> None:
    with opened_jobs(base_url) as (jobs, _):
        show(found(jobs, job), json=json)


@app.command(
    help=say("End a job that has not ended; it makes no model.", "取消未结束的任务，不产生模型。")
)
def cancel(job: OneJob, json: Json = False, base_url: BaseUrl = "") -> None:
    with opened_jobs(base_url) as (jobs, _):
        show(jobs.cancel(job), json=json)


@app.command(help=say("Stop a job for now; a checkpoint is kept.", "暂停任务，保留检查点。"))
def pause(job: OneJob, json: Json = False, base_url: BaseUrl = "") -> None:
    with opened_jobs(base_url) as (jobs, _):
        show(jobs.pause(job), json=json)


@app.command(help=say("Go on with a paused job.", "继续暂停的任务。"))
def resume(job: OneJob, json: Json = False, base_url: BaseUrl = "") -> None:
    with opened_jobs(base_url) as (jobs, _):
        show(jobs.resume(job), json=json)


@app.command(help=say("What a job has said so far.", "任务到现在为止说了什么。"))
def events(
    job: JobId = "",
    metrics: Annotated[
        bool,
        typer.Option("--metrics", help=say("Every step's figures too.", "也列出每一步的数字。")),
    ] = False,
    json: Json = False,
    base_url: BaseUrl = "",
) -> None:
    from xiangsheng.cli.consoles import write_json
    from xiangsheng.cli.job_screen import line
    from xiangsheng.verbs.job_views import modern_event

    with opened_jobs(base_url) as (jobs, _):
        said = jobs.events(found(jobs, job).label)
    if json:
        write_json({"events": [modern_event(event) for event in said]})
        return
    for event in said:
        if metrics or not event.metrics:
            sys.stdout.write(line(event) + "\n")


@app.command(
    help=say("The training curve as CSV, so far or whole.", "训练曲线（CSV），可在训练中查看。")
)
def results(job: JobId = "", base_url: BaseUrl = "") -> None:
    with opened_jobs(base_url) as (jobs, _):
        write(jobs.results(found(jobs, job).label))


@app.command(help=say("Forget a job, and remove its model.", "删除任务和它的模型。"))
def delete(
    job: OneJob,
    yes: Annotated[bool, typer.Option("--yes", "-y", help=say("Do not ask.", "不询问。"))] = False,
    json: Json = False,
    base_url: BaseUrl = "",
) -> None:
    from xiangsheng.cli.asking import ask
    from xiangsheng.cli.consoles import write_json

    with opened_jobs(base_url) as (jobs, _):
        model = jobs.get(job).fine_tuned_model or say("no model", "没有模型")
        if not yes:
            ask(printable(say(f"Remove {job} and {model}?", f"删除 {job} 和 {model}？")))
        gone = jobs.delete(job)
    if json:
        write_json({"id": gone.label, "object": "fine-tune", "deleted": True})
    else:
        sys.stdout.write(f"{printable(gone.label)}\n")


@app.command(help=say("Do the jobs there are, here and now.", "在前台处理任务。"))
def work(
    idle: Annotated[
        float,
        typer.Option(min=0, help=say("Seconds to wait for another job.", "没有任务时再等多少秒。")),
    ] = 0.0,
) -> None:
    from xiangsheng.cli.commands.opening import opened_home
    from xiangsheng.cli.consoles import errors
    from xiangsheng.cli.interrupt import interruptible
    from xiangsheng.core.clock import SYSTEM_CLOCK
    from xiangsheng.verbs.workers import work as verb

    console = errors()

    def log(text: str) -> None:
        console.print(f"{SYSTEM_CLOCK.stamp()} {text}", soft_wrap=True)

    with opened_home(console, make=False) as workspace, interruptible(console) as stopping:
        if not verb(workspace, SYSTEM_CLOCK, stopping, idle=idle, log=log):
            log(say("another worker is alive", "已有工作进程"))


def found(jobs: "JobService", name: str) -> "Job":
    return jobs.get(name) if name else jobs.newest()


def show(job: "Job", *, json: bool) -> None:
    from xiangsheng.cli.consoles import write_json
    from xiangsheng.cli.job_list import detailed

    if json:
        write_json(document(job))
    else:
        sys.stdout.writelines(f"{line}\n" for line in detailed(job))


def document(job: "Job") -> dict[str, Any]:
    """A job of today's API, with what is ours."""
    from xiangsheng.core.canonical import plain
    from xiangsheng.verbs.job_views import modern_view

    return {
        **modern_view(job),
        "legacy_id": job.label,
        "model": job.spec.base,
        "fine_tuned_model": job.fine_tuned_model or None,
        "queue_number": job.ahead,
        "working": job.working,
        "stage": plain(job.stage),
    }
