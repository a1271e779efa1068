"""A job for a service before it is made: its files checked here, its price, and whether it is there."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from xiangsheng.backends.hosted.asking import refuse_unknown
from xiangsheng.backends.hosted.files import mark
from xiangsheng.backends.hosted.http import Http
from xiangsheng.backends.hosted.jobs import HostedJobs, identity_of
from xiangsheng.backends.hosted.service import OPENAI
from xiangsheng.backends.hosted.wire import data_of
from xiangsheng.backends.names import parse_model_name
from xiangsheng.core.errors import DataError, ServiceError, UsageError
from xiangsheng.core.estimate import Estimate, Span
from xiangsheng.core.example import Example
from xiangsheng.core.job import Job, JobRequest
from xiangsheng.core.price import UnknownPrice
from xiangsheng.core.words import Words
from xiangsheng.files.text import read_file
from xiangsheng.pricing.estimating import Asking
from xiangsheng.pricing.moments import When
from xiangsheng.pricing.price_book import Book
from xiangsheng.verbs.estimate_train import Learning, count_learning, train_estimate
from xiangsheng.verbs.estimating import counter_of, pair_of
from xiangsheng.verbs.job_views import OWNER
from xiangsheng.verbs.training_files import checked, require_alike


@dataclass(frozen=True, slots=True)
class Given:
    """A file that is to be sent, or one that the service has, by its `id`; that one is not looked into."""

    name: str
    mark: str
    id: str = ""
    content: bytes = b""
    examples: Sequence[Example] = ()


@dataclass(frozen=True, slots=True)
class HostedPlan:
    """`request` names files as they were typed. `tokens` are those of one epoch, None where they are not known; `cost`
    is an estimate, or why there is none.
    """

    request: JobRequest
    training: Given
    validation: Given | None
    identity: str
    tokens: Span | None
    cost: Estimate | Words
    twin: Job | None = None


def plan_hosted(asked: JobRequest, jobs: HostedJobs, book: Book, when: When) -> HostedPlan:
    """The files that are `asked` for are paths or ids; nothing is sent yet.

    Raises UsageError for what cannot be asked, DataError for a file that is not what it must be, and
    ServiceError.
    """
    request = replace(asked, model=jobs.http.service.name_of(asked.model))
    refuse_unknown(request)
    given = _given(request.training_file, jobs)
    held = _given(request.validation_file, jobs) if request.validation_file else None
    if held and held.examples and given.examples:
        require_alike(given.examples, held.examples, held.name)
    identity = identity_of(request, (given.mark, held.mark if held else ""))
    twin = None if request.again else jobs.twin(identity)
    if twin:
        nothing = Words("", "")
        return HostedPlan(request, given, held, identity, None, nothing, twin)
    tokens, cost = _cost(given, request, jobs.http, book, when)
    return HostedPlan(request, given, held, identity, tokens, cost)


def start_hosted(plan: HostedPlan, jobs: HostedJobs, *, anew: bool = False) -> Job:
    """Sends the files and makes the job. `anew` sends again what the service has.

    A file that is new there goes again where the service refuses the job.
    """
    new: list[str] = []

    def sent(file: Given | None) -> str:
        if file is None or file.id:
            return file.id if file else ""
        made, is_new = jobs.files.upload(file.name, file.content, again=anew)
        new.extend([made] if is_new else [])
        return made

    try:
        request = replace(
            plan.request,
            training_file=sent(plan.training),
            validation_file=sent(plan.validation),
        )
        return jobs.add(request, plan.identity)
    except (UsageError, DataError):
        for file in new:
            with suppress(ServiceError):  # what is to be told is why the job was refused
                jobs.files.delete(file)
        raise


def _given(name: str, jobs: HostedJobs) -> Given:
    if name.startswith(("http://", "https://")):
        raise UsageError(
            f"{name} is not fetched", hint="download it, and give the file", code="no_download"
        )
    if name.startswith("file-") and not Path(name).exists():
        return Given(name, jobs.files.mark(name), id=name)
    path = Path(name)
    content = read_file(path, pipes=True)
    examples = checked(content, path.name)
    _require_utf8(content, path)
    return Given(path.name, mark(content), content=content, examples=examples)


def _require_utf8(content: bytes, path: Path) -> None:
    """Here any encoding is read; services read one."""
    try:
        if not content.decode("utf-8").startswith("\ufeff"):
            return
    except UnicodeDecodeError:
        pass
    raise DataError(
        "not UTF-8 without a byte order mark, which is what services read",
        where=str(path),
        hint=f"write it anew: xiangsheng prepare {path}",
        code="encoding",
    )


def _cost(
    given: Given, request: JobRequest, http: Http, book: Book, when: When
) -> tuple[Span | None, Estimate | Words]:
    name = _priced_as(request.model, http)
    asking = Asking(book, name or request.model, when)
    if not given.examples:
        return None, Words(
            "文件在服务方，没有数过", "the file is the service's, and was not counted"
        )
    counter = counter_of(asking)
    epochs = request.hyper.epochs
    work = Learning(epochs, [pair_of(example) for example in given.examples])
    counted, _ = count_learning(counter, work)
    if not name:
        why = Words(
            f"价目里没有 {http.service.name}", f"the price book has nothing of {http.service.name}"
        )
        return counted.total, why
    made = train_estimate(asking, counter, counted, None, epochs)
    return counted.total, made.reason if isinstance(made, UnknownPrice) else made


def _priced_as(model: str, http: Http) -> str:
    """The full name under which the price book may know it; empty for a service it does not know."""
    if http.service.name == OPENAI:
        return f"{OPENAI}:{model}"
    try:
        return parse_model_name(model).full if _is_ours(http) else ""
    except UsageError:
        return ""


def _is_ours(http: Http) -> bool:
    """Whether `xiangsheng serve` stands there, where training costs nothing."""
    try:
        models = data_of(http.get("/models"))
    except ServiceError:
        return False
    return any(model.get("owned_by") == OWNER for model in models)
