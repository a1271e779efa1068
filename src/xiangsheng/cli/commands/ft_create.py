"""`ft create`: a fine-tune job, with its estimate before and its events after."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from xiangsheng.cli.language import say
from xiangsheng.cli.printable import printable
from xiangsheng.core.errors import UsageError

if TYPE_CHECKING:
    from xiangsheng.core.job import Job, JobRequest
    from xiangsheng.core.stored_file import StoredFile
    from xiangsheng.verbs.home_jobs import HomeJobs

CREATE = say("Fine-tune a model on a JSONL file.", "用 JSONL 文件微调一个模型。")

Classification = Annotated[str | None, typer.Option(hidden=True, help="2022; refused by name")]


def create(
    training_file: Annotated[
        str,
        typer.Option(
            "--training-file",
            "-t",
            metavar="FILE",
            help=say("JSONL file of examples, or file-….", "样本 JSONL 文件，或 file-…。"),
        ),
    ],
    validation_file: Annotated[
        str,
        typer.Option(
            "--validation-file",
            "-v",
            metavar="FILE",
            help=say("Held out and measured after each epoch.", "不学，每轮之后量一次。"),
        ),
    ] = "",
    model: Annotated[
        str,
        typer.Option(
            "--model",
            "-m",
            help=say(
                "ada, babbage, curie, davinci, or a tuned model.",
                "ada、babbage、curie、davinci，或微调过的模型。",
            ),
        ),
    ] = "local:ada",
    suffix: Annotated[
        str, typer.Option(help=say("In the model's name; at most 40.", "放进模型名；最多 40 字。"))
    ] = "",
    n_epochs: Annotated[int, typer.Option(help=say("How often it reads.", "读几遍。"))] = 4,
    batch_size: Annotated[
        int | None,
        typer.Option(
            help=say(
                "Examples a step; 0.2 % of all, at most 256.",
                "每步几个样本；默认 0.2 %，最多 256。",
            )
        ),
    ] = None,
    learning_rate_multiplier: Annotated[
        float | None,
        typer.Option(
            help=say(
                "Times the base's rate; 0.05, 0.1 or 0.2 by batch size.",
                "乘基座的学习率；默认随批大小取 0.05、0.1 或 0.2。",
            )
        ),
    ] = None,
    prompt_loss_weight: Annotated[
        float, typer.Option(help=say("What a prompt's token counts.", "提示里一个词元的权重。"))
    ] = 0.01,
    seed: Annotated[
        int, typer.Option(help=say("Equal seeds, equal models.", "种子相同，模型相同。"))
    ] = 0,
    no_follow: Annotated[
        bool, typer.Option("--no-follow", help=say("Do not wait for it.", "不等它结束。"))
    ] = False,
    again: Annotated[
        bool,
        typer.Option("--again", help=say("Even if the same job exists.", "即使已有相同的任务。")),
    ] = False,
    no_check_if_files_exist: Annotated[
        bool,
        typer.Option(
            "--no-check-if-files-exist",
            help=say("Keep a file again that is there.", "文件已有也再存一份。"),
        ),
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help=say("Do not ask.", "不询问。"))] = False,
    json: Annotated[
        bool,
        typer.Option(
            "--json", help=say("One JSON document on stdout.", "在标准输出给出一个 JSON。")
        ),
    ] = False,
    compute_classification_metrics: Annotated[
        bool, typer.Option("--compute-classification-metrics", hidden=True)
    ] = False,
    classification_n_classes: Classification = None,
    classification_positive_class: Classification = None,
    classification_betas: Classification = None,
) -> None:
    from xiangsheng.cli.commands.fine_tuning import document, jobs_of_home
    from xiangsheng.cli.commands.ft_follow import followed
    from xiangsheng.cli.consoles import write_json
    from xiangsheng.core.job import JobRequest
    from xiangsheng.core.model import Hyperparameters

    _refuse_classification(
        compute_classification_metrics=compute_classification_metrics or None,
        classification_n_classes=classification_n_classes,
        classification_positive_class=classification_positive_class,
        classification_betas=classification_betas,
    )
    hyper = Hyperparameters(
        epochs=n_epochs,
        batch_size=batch_size,
        learning_rate_multiplier=learning_rate_multiplier,
        prompt_loss_weight=prompt_loss_weight,
        seed=seed,
    )
    with (
        jobs_of_home(make=True) as jobs,
        _stored((training_file, validation_file), jobs, again=no_check_if_files_exist) as files,
    ):
        request = JobRequest(files[0], model, files[1], hyper, suffix, again=again)
        job = _made(jobs, request, yes=yes, json=json)
    with jobs_of_home() as jobs:
        if not no_follow:
            followed(jobs, job, json=json)
        elif json:
            write_json(document(job))
        else:
            sys.stdout.write(f"{job.legacy_id}\n")


def _made(jobs: "HomeJobs", request: "JobRequest", *, yes: bool, json: bool) -> "Job":
    """The job, once a person has seen what it takes; one that is the same is found instead."""
    from xiangsheng.cli.asking import ask
    from xiangsheng.cli.consoles import errors
    from xiangsheng.cli.job_screen import estimate

    console, plan = errors(), jobs.plan(request)
    if plan.twin:
        name = plan.twin.legacy_id
        console.print(
            say(
                f"The same job is there: {name}, {plan.twin.state.value}. --again makes another.",
                f"已有相同的任务：{name}，{plan.twin.state.value}。要另做一个请加 --again。",
            ),
            soft_wrap=True,
        )
        return plan.twin
    for line in () if json else estimate(plan):
        console.print(printable(line), soft_wrap=True)
    if not yes:
        ask(say("Start it?", "开始吗？"))
    return jobs.add(plan, again=request.again)


def _refuse_classification(**given: object) -> None:
    for name, value in given.items():
        if value is not None:
            raise UsageError(
                f"{name} was for classifiers, which are not made here",
                hint=f"leave --{name} out",
                code="classification",
            )


@contextmanager
def _stored(names: Sequence[str], jobs: "HomeJobs", *, again: bool) -> Iterator[list[str]]:
    """The ids of files, empty for an empty name. Those that are new go again where no job comes
    of it: nobody was told of them.
    """
    files: list[tuple[StoredFile, bool] | None] = []
    try:
        for name in names:
            files.append(_one(name, jobs, again=again) if name else None)  # noqa: PERF401 see below
        yield [file[0].id if file else "" for file in files]
    except BaseException:
        for file, is_new in filter(None, files):
            if is_new:
                jobs.workspace.files.delete(file.id)
        raise


def _one(name: str, jobs: "HomeJobs", *, again: bool) -> "tuple[StoredFile, bool]":
    """The file of this id or path, and whether it is new here."""
    from xiangsheng.verbs.stored_files import upload_path

    if name.startswith("file-") and (file := jobs.workspace.files.get(name)):
        return file, False
    if name.startswith(("http://", "https://")):
        raise UsageError(
            f"{name} is not fetched", hint="download it, and give the file", code="no_download"
        )
    return upload_path(Path(name), jobs.workspace, jobs.clock, again=again)
