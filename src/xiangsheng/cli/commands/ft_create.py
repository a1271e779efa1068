"""`ft create`: a fine-tune job, here or at a service, with its estimate before and its events after."""

import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from xiangsheng.cli.language import say
from xiangsheng.cli.printable import printable
from xiangsheng.cli.service_options import BaseUrl, base_url_of
from xiangsheng.core.errors import UsageError
from xiangsheng.core.job import JobRequest
from xiangsheng.core.model import Hyperparameters

if TYPE_CHECKING:
    from rich.console import Console

    from xiangsheng.cli.commands.jobs_opening import Place
    from xiangsheng.core.job import Job
    from xiangsheng.core.stored_file import StoredFile
    from xiangsheng.verbs.home_jobs import HomeJobs

DEFAULT = "local:ada"
CREATE = say("Fine-tune a model on a JSONL file.", "用 JSONL 文件微调一个模型。")

Training = Annotated[
    str,
    typer.Option(
        "--training-file",
        "-t",
        metavar="FILE",
        help=say("JSONL file of examples, or file-….", "样本 JSONL 文件，或 file-…。"),
    ),
]
Validation = Annotated[
    str,
    typer.Option(
        "--validation-file",
        "-v",
        metavar="FILE",
        help=say("Held out and measured after each epoch.", "不学，每轮之后量一次。"),
    ),
]
Model = Annotated[
    str,
    typer.Option(
        "--model",
        "-m",
        help=say(
            "ada (the usual one here), babbage, curie, davinci, a tuned model, or a service's.",
            "ada（本机默认）、babbage、curie、davinci，微调过的模型，或服务方的模型。",
        ),
    ),
]
Suffix = Annotated[
    str, typer.Option(help=say("In the model's name; at most 64.", "放进模型名；最多 64 字。"))
]
Epochs = Annotated[int, typer.Option(help=say("How often it reads.", "读几遍。"))]
Batch = Annotated[
    int | None,
    typer.Option(
        help=say(
            "Examples a step; 0.2 % of all, at most 256.", "每步几个样本；默认 0.2 %，最多 256。"
        )
    ),
]
Multiplier = Annotated[
    float | None,
    typer.Option(
        help=say(
            "Times the base's rate; 0.05, 0.1 or 0.2 by batch size.",
            "乘基座的学习率；默认随批大小取 0.05、0.1 或 0.2。",
        )
    ),
]
PromptWeight = Annotated[
    float, typer.Option(help=say("What a prompt's token counts.", "提示里一个词元的权重。"))
]
NoFollow = Annotated[
    bool, typer.Option("--no-follow", help=say("Do not wait for it.", "不等它结束。"))
]
NoCheck = Annotated[
    bool,
    typer.Option(
        "--no-check-if-files-exist",
        help=say("Keep a file again that is there.", "文件已有也再存一份。"),
    ),
]
Classifying = Annotated[bool, typer.Option("--compute-classification-metrics", hidden=True)]
Classification = Annotated[str | None, typer.Option(hidden=True)]


def create(
    training_file: Training,
    validation_file: Validation = "",
    model: Model = "",
    suffix: Suffix = "",
    n_epochs: Epochs = 4,
    batch_size: Batch = None,
    learning_rate_multiplier: Multiplier = None,
    prompt_loss_weight: PromptWeight = 0.01,
    seed: Annotated[
        int, typer.Option(help=say("Equal seeds, equal models.", "种子相同，模型相同。"))
    ] = 0,
    no_follow: NoFollow = False,
    again: Annotated[
        bool,
        typer.Option("--again", help=say("Even if the same job exists.", "即使已有相同的任务。")),
    ] = False,
    no_check_if_files_exist: NoCheck = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help=say("Do not ask.", "不询问。"))] = False,
    json: Annotated[
        bool,
        typer.Option(
            "--json", help=say("One JSON document on stdout.", "在标准输出给出一个 JSON。")
        ),
    ] = False,
    base_url: BaseUrl = "",
    compute_classification_metrics: Classifying = False,
    classification_n_classes: Classification = None,
    classification_positive_class: Classification = None,
    classification_betas: Classification = None,
) -> None:
    from xiangsheng.cli.commands.fine_tuning import document
    from xiangsheng.cli.commands.ft_follow import followed
    from xiangsheng.cli.consoles import write_json

    refuse_classification(
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
    asked = JobRequest(training_file, model, validation_file, hyper, suffix, again=again)
    creating = Creating(anew=no_check_if_files_exist, yes=yes, quiet=json)
    with created(asked, creating, base_url_of(base_url)) as (place, job):
        if not no_follow:
            followed(place, job, json=json)
        elif json:
            write_json(document(job))
        else:
            sys.stdout.write(f"{printable(job.label)}\n")


@dataclass(frozen=True, slots=True)
class Creating:
    """`anew` keeps or sends files that are there already; `quiet` shows no estimate."""

    anew: bool = False
    yes: bool = False
    quiet: bool = False


@contextmanager
def created(
    asked: JobRequest, creating: Creating, base_url: str
) -> Iterator[tuple["Place", "Job"]]:
    """The job, once a person has seen what it takes, and where it is; one that is the same is found
    instead. The files that are `asked` for are paths or ids.
    """
    from xiangsheng.backends.hosted.service import split_service
    from xiangsheng.cli.commands import jobs_opening as opening

    if base_url := base_url or split_service(asked.model)[0]:
        from xiangsheng.cli.commands.ft_create_hosted import made_there

        with opening.jobs_of_service(base_url) as hosted:
            yield opening.place_of_service(hosted), made_there(asked, hosted, creating)
    else:
        with opening.jobs_of_home(make=True) as jobs:
            here = replace(asked, model=asked.model or DEFAULT)
            yield opening.place_of_home(jobs), made_here(here, jobs, creating)


def made_here(asked: JobRequest, jobs: "HomeJobs", creating: Creating) -> "Job":
    from xiangsheng.cli.consoles import errors
    from xiangsheng.cli.job_screen import estimate, found

    console = errors()
    names = (asked.training_file, asked.validation_file)
    with _stored(names, jobs, anew=creating.anew) as (training, validation):
        plan = jobs.plan(replace(asked, training_file=training, validation_file=validation))
        if plan.twin:
            console.print(printable(found(plan.twin)), soft_wrap=True)
            return plan.twin
        agreed(estimate(plan), creating, console)
        return jobs.add(plan, again=asked.again)


def agreed(lines: Iterable[str], creating: Creating, console: "Console") -> None:
    """Returns when a person has seen the estimate and wants it, or said so before."""
    from xiangsheng.cli.asking import ask

    for line in () if creating.quiet else lines:
        console.print(printable(line), soft_wrap=True)
    if not creating.yes:
        ask(say("Start it?", "开始吗？"))


def refuse_classification(**given: object) -> None:
    for name, value in given.items():
        if value is not None:
            raise UsageError(
                f"{name} was for classifiers, which are not made here",
                hint=f"leave --{name} out",
                code="classification",
            )


@contextmanager
def _stored(names: Sequence[str], jobs: "HomeJobs", *, anew: bool) -> Iterator[list[str]]:
    """The ids of files, empty for an empty name. Those that are new go again where no job comes
    of it: nobody was told of them.
    """
    files: list[tuple[StoredFile, bool] | None] = []
    try:
        for name in names:
            files.append(_one(name, jobs, anew=anew) if name else None)  # noqa: PERF401 as they come
        yield [file[0].id if file else "" for file in files]
    except BaseException:
        for file, is_new in filter(None, files):
            if is_new:
                jobs.workspace.files.delete(file.id)
        raise


def _one(name: str, jobs: "HomeJobs", *, anew: bool) -> "tuple[StoredFile, bool]":
    """The file of this id or path, and whether it is new here."""
    from xiangsheng.verbs.stored_files import upload_path

    if name.startswith("file-") and (file := jobs.workspace.files.get(name)):
        return file, False
    if name.startswith(("http://", "https://")):
        raise UsageError(
            f"{name} is not fetched", hint="download it, and give the file", code="no_download"
        )
    return upload_path(Path(name), jobs.workspace, jobs.clock, again=anew)
