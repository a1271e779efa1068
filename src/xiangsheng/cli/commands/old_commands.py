"""`api fine_tunes.create` and the other commands of 2022, under the names that they had.

They print what they printed then: objects of the API as JSON, and completions with their prompt. At a
service they are those of today's API, for those of 2022 are gone there.
"""

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer

from xiangsheng.cli.commands import fine_tuning, ft_create
from xiangsheng.cli.commands.jobs_opening import jobs_of_home, opened_jobs
from xiangsheng.cli.commands.old_service import at, or_there, show
from xiangsheng.cli.language import say
from xiangsheng.cli.old_spelling import OldSpelling
from xiangsheng.cli.printable import write
from xiangsheng.cli.service_options import OldBase, OldKey, base_url_of, remember_more
from xiangsheng.core.job import JobRequest

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help=say("The commands of 2022.", "2022 年的命令。"),
)

F = TypeVar("F", bound=Callable[..., Any])
Id = Annotated[str, typer.Option("--id", "-i", help=say("Its id.", "编号。"))]


JOBS = "/fine_tuning/jobs"


@app.callback()
def service(base_url: OldBase = "", api_key: OldKey = "") -> None:
    remember_more(base_url, api_key)


def _old(name: str, what: str) -> Callable[[F], F]:
    return app.command(name, help=what, cls=OldSpelling)


@_old("fine_tunes.create", ft_create.CREATE)
def create(
    training_file: ft_create.Training,
    validation_file: ft_create.Validation = "",
    model: ft_create.Model = "",
    suffix: ft_create.Suffix = "",
    n_epochs: ft_create.Epochs = 4,
    batch_size: ft_create.Batch = None,
    learning_rate_multiplier: ft_create.Multiplier = None,
    prompt_loss_weight: ft_create.PromptWeight = 0.01,
    no_follow: ft_create.NoFollow = False,
    no_check_if_files_exist: ft_create.NoCheck = False,
    compute_classification_metrics: ft_create.Classifying = False,
    classification_n_classes: ft_create.Classification = None,
    classification_positive_class: ft_create.Classification = None,
    classification_betas: ft_create.Classification = None,
) -> None:
    """Asks nothing, as then; a job that does the same is found all the same."""
    from xiangsheng.cli.commands.fine_tuning import document
    from xiangsheng.cli.commands.ft_follow import followed
    from xiangsheng.core.model import Hyperparameters
    from xiangsheng.verbs.home_jobs import HomeJobs
    from xiangsheng.verbs.job_views import legacy_view

    ft_create.refuse_classification(
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
    )
    asked = JobRequest(training_file, model, validation_file, hyper, suffix)
    creating = ft_create.Creating(anew=no_check_if_files_exist, yes=True)
    with ft_create.created(asked, creating, base_url_of()) as (place, job):
        if not no_follow:
            followed(place, job, json=False)
        elif isinstance(place.jobs, HomeJobs):
            show(legacy_view(job, place.jobs.workspace))
        else:
            show(document(job))


@_old("fine_tunes.follow", say("Everything a job says.", "看任务的进展。"))
def follow(id: Id) -> None:
    fine_tuning.follow(id)


@_old("fine_tunes.list", say("The jobs.", "列出任务。"))
@or_there(at(f"{JOBS}?limit=100"))
def list_() -> None:
    from xiangsheng.verbs.job_views import legacy_view

    with jobs_of_home() as jobs:
        # As the service listed them: the oldest first.
        _list([legacy_view(job, jobs.workspace) for job in reversed(jobs.list()[0])])


@_old("fine_tunes.get", say("One job.", "一个任务。"))
@or_there(at(JOBS + "/{}"))
def get(id: Id) -> None:
    from xiangsheng.verbs.job_views import legacy_whole

    with jobs_of_home() as jobs:
        show(legacy_whole(jobs.get(id), jobs.events(id), jobs.workspace))


@_old("fine_tunes.cancel", say("Cancel a job.", "取消任务。"))
@or_there(at(JOBS + "/{}/cancel", "POST"))
def cancel(id: Id) -> None:
    from xiangsheng.verbs.job_views import legacy_view

    with jobs_of_home() as jobs:
        show(legacy_view(jobs.cancel(id), jobs.workspace))


@_old("fine_tunes.events", say("What a job has said.", "任务说了什么。"))
@or_there(at(JOBS + "/{}/events?limit=100"))
def events(id: Id) -> None:
    from xiangsheng.verbs.job_views import legacy_events

    with jobs_of_home() as jobs:
        _list(legacy_events(jobs.events(id)))


@_old("fine_tunes.results", say("Its training curve.", "训练曲线。"))
def results(id: Id) -> None:
    fine_tuning.results(id)


@_old("fine_tunes.delete", say("Delete a job and its model.", "删除任务和模型。"))
def delete(id: Id) -> None:
    with opened_jobs() as (jobs, _):
        _deleted(jobs.delete(id).label, "fine-tune")


@_old("completions.create", say("Complete a prompt.", "接着提示往下写。"))
def complete(
    model: Annotated[str, typer.Option("--model", "-m", help=say("The model.", "模型。"))] = "",
    engine: Annotated[str, typer.Option("--engine", "-e", help=say("As -m.", "同 -m。"))] = "",
    prompt: Annotated[str, typer.Option("--prompt", "-p", help=say("The prompt.", "提示。"))] = "",
    max_tokens: Annotated[
        int, typer.Option("--max-tokens", "-M", help=say("Longest answer.", "最多多少个词元。"))
    ] = 16,
    temperature: Annotated[
        float, typer.Option("--temperature", "-t", help=say("0 to 2.", "0 到 2。"))
    ] = 1.0,
    top_p: Annotated[float, typer.Option("--top-p", "-P", help=say("0 to 1.", "0 到 1。"))] = 1.0,
    n: Annotated[int, typer.Option("--n", "-n", help=say("How many.", "要几个。"))] = 1,
    logprobs: Annotated[
        int | None, typer.Option(help=say("Not shown, as then.", "不显示，同当年。"))
    ] = None,
    stop: Annotated[str | None, typer.Option(help=say("Ends it.", "遇到就停。"))] = None,
    stream: Annotated[
        bool, typer.Option("--stream", help=say("Print it as it comes.", "边写边显示。"))
    ] = False,
) -> None:
    from xiangsheng.cli.commands.complete import asked_of, refuse_failed, streamed, tell
    from xiangsheng.core.generation import Sampling

    sampling = Sampling(
        temperature=temperature,
        top_p=top_p,
        n=n,
        max_tokens=max_tokens,
        stop=(stop.replace("\\n", "\n"),) if stop else (),
        logprobs=logprobs,
        echo=True,
    )
    asked = prompt.replace("\\n", "\n")
    on_chunk = streamed(sampling) if stream else None
    outcome, cost = asked_of(engine or model, asked, sampling, "", on_chunk)
    texts = [] if stream else [one.text for one in outcome.completions]
    for number, text in enumerate(texts):
        if len(texts) > 1:
            sys.stdout.write(f"===== Completion {number} =====\n")
        write(text + ("\n" if len(texts) > 1 else ""))
    tell(cost)
    refuse_failed(outcome)


@_old("files.create", say("Keep a file.", "保存文件。"))
def keep(
    file: Annotated[Path, typer.Option("--file", "-f", help=say("Which.", "哪个文件。"))],
    purpose: Annotated[str, typer.Option("--purpose", "-p", help="fine-tune")] = "fine-tune",
) -> None:
    import io

    from xiangsheng.cli.commands.jobs_opening import jobs_of_service
    from xiangsheng.files.text import read_file
    from xiangsheng.verbs.job_views import file_view
    from xiangsheng.verbs.stored_files import upload

    if base_url := base_url_of():
        with jobs_of_service(base_url) as hosted:
            show(hosted.files.keep(file.name, purpose, read_file(file, pipes=True)))
        return
    with jobs_of_home(make=True) as jobs:
        content = io.BytesIO(read_file(file, pipes=True))
        show(file_view(upload(file.name, purpose, content, jobs.workspace, jobs.clock)))


@_old("files.list", say("The files kept.", "列出文件。"))
@or_there(at("/files"))
def files() -> None:
    from xiangsheng.verbs.job_views import file_view

    with jobs_of_home() as jobs:
        _list([file_view(file) for file in jobs.workspace.files.all()])


@_old("files.get", say("One file.", "一个文件。"))
@or_there(at("/files/{}"))
def file(id: Id) -> None:
    from xiangsheng.verbs.job_views import file_view

    with jobs_of_home() as jobs:
        show(file_view(jobs.workspace.files.find(id)))


@_old("files.delete", say("Delete a file.", "删除文件。"))
@or_there(at("/files/{}", "DELETE"))
def delete_file(id: Id) -> None:
    from xiangsheng.verbs.stored_files import delete_file as verb

    with jobs_of_home() as jobs:
        _deleted(verb(id, jobs.workspace, jobs.clock).id, "file")


@_old("models.list", say("The models.", "列出模型。"))
@or_there(at("/models"))
def models() -> None:
    from xiangsheng.verbs.job_views import model_view
    from xiangsheng.verbs.stored_models import listed_models

    with jobs_of_home(make=True) as jobs:
        _list([model_view(model) for model in listed_models(jobs.workspace)])


@_old("models.get", say("One model.", "一个模型。"))
@or_there(at("/models/{}"))
def model(id: Id) -> None:
    from xiangsheng.verbs.job_views import model_view
    from xiangsheng.verbs.stored_models import listed_model

    with jobs_of_home(make=True) as jobs:
        show(model_view(listed_model(id, jobs.workspace)))


@_old("models.delete", say("Delete a tuned model.", "删除微调过的模型。"))
@or_there(at("/models/{}", "DELETE"))
def delete_model(id: Id) -> None:
    from xiangsheng.verbs.job_views import wire_name
    from xiangsheng.verbs.stored_models import delete_model as verb

    with jobs_of_home() as jobs:
        _deleted(wire_name(verb(id, jobs.workspace, jobs.clock).name), "model")


def _list(data: Sequence[dict[str, Any]]) -> None:
    show({"object": "list", "data": data})


def _deleted(id: str, kind: str) -> None:
    show({"object": kind, "id": id, "deleted": True})
