"""A job before it is made: what exactly it will do, how long that takes and what it costs."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from xiangsheng.backends.local.ladder import RUNGS
from xiangsheng.backends.names import SUFFIX_LENGTH, parse_model_name
from xiangsheng.core.canonical import digest
from xiangsheng.core.errors import UsageError
from xiangsheng.core.job import Job, JobRequest, JobSpec
from xiangsheng.core.model import Hyperparameters, Machine, Precision
from xiangsheng.core.money import Money
from xiangsheng.core.words import Words
from xiangsheng.prepare.recognise import recognise
from xiangsheng.pricing import davinci_2022
from xiangsheng.store.job_table import JobTable
from xiangsheng.store.workspace import Workspace
from xiangsheng.verbs.models import find_model
from xiangsheng.verbs.training_files import Looked, look_into, require_alike
from xiangsheng.verbs.tune import require_tuner

LARGEST_BATCH = 256
BATCH_SHARE = 0.002
"""Of all examples, as in 2022."""
MULTIPLIERS = ((4, 0.05), (16, 0.1), (LARGEST_BATCH, 0.2))
"""The usual learning rate multiplier up to each batch size; those of 2022 went as high."""
STEP_S = 0.01
"""What a step takes besides its tokens."""


@dataclass(frozen=True, slots=True)
class JobPlan:
    """`spec` has no name for its model yet. `twin` is a job that does the same and has not failed;
    `davinci` is what it would have cost in 2022, `building` how many seconds of it are its base's.
    """

    spec: JobSpec
    identity: str
    davinci: Money
    building: float
    twin: Job | None = None


def plan_job(request: JobRequest, workspace: Workspace, jobs: JobTable) -> JobPlan:
    """Raises UsageError for a model, a file id or a setting that cannot be, and DataError
    (`training_file`) that points at the lines of a file that are wrong.
    """
    if len(request.suffix) > SUFFIX_LENGTH:
        raise UsageError(
            f"the suffix has {len(request.suffix)} characters",
            hint=f"give at most {SUFFIX_LENGTH}",
            code="suffix",
        )
    found = find_model(request.model, workspace)
    require_tuner(found)
    training = look_into(workspace.files.find(request.training_file), workspace)
    held = (
        look_into(workspace.files.find(request.validation_file), workspace)
        if request.validation_file
        else None
    )
    if held:
        require_alike(training.examples, held.examples, held.file.name)
    machine = _machine(found.name, request.hyper.precision)
    hyper = _settled(request.hyper, len(training.examples), machine)
    seconds = found.building + _seconds(found.name, training, held, hyper)
    spec = JobSpec(
        model="",
        base=found.name,
        base_identity=found.identity,
        training=training.file,
        rendering=recognise(training.examples),
        hyper=hyper,
        validation=held.file if held else None,
        suffix=request.suffix,
        machine=machine,
        seconds=round(seconds, 1),
        metadata=request.metadata,
    )
    data = (training.file.sha256, held.file.sha256 if held else "")
    asked = (request.suffix, request.metadata)
    identity = digest((found.identity, found.tuner, data, hyper, asked))
    cost = davinci_2022.training(Words("", ""), training.file.characters, hyper.epochs).amount
    twin = None if request.again else jobs.twin(identity)
    return JobPlan(spec, identity, cost, found.building, twin)


def _machine(model: str, precision: Precision) -> Machine | None:
    """What a neural training depends on; counting depends on nothing."""
    if parse_model_name(model).family != "local":
        return None
    from xiangsheng.backends.local.training.job import machine

    return machine(precision)


def _settled(asked: Hyperparameters, examples: int, machine: Machine | None) -> Hyperparameters:
    """With what was left open chosen as the service of 2022 chose it."""
    batch = asked.batch_size or min(LARGEST_BATCH, max(1, round(BATCH_SHARE * examples)))
    multiplier = asked.learning_rate_multiplier
    if multiplier is None:
        multiplier = next(
            (usual for most, usual in MULTIPLIERS if batch <= most), MULTIPLIERS[-1][1]
        )
    return replace(
        asked,
        batch_size=batch,
        learning_rate_multiplier=multiplier,
        precision=Precision(machine.precision) if machine else asked.precision,
    )


def _seconds(model: str, training: Looked, held: Looked | None, hyper: Hyperparameters) -> float:
    """How long training takes on two cores, roughly; counting takes no time to speak of."""
    parsed = parse_model_name(model)
    if parsed.family != "local":
        return 1.0
    rung = RUNGS[parsed.size]
    learned = _tokens(training.tokens, rung.context)
    measured = _tokens(held.tokens, rung.context) / 3 if held else 0.0  # forward only
    steps = -(-len(training.examples) // (hyper.batch_size or 1))
    return hyper.epochs * ((learned + measured) / rung.speed + steps * STEP_S)


def _tokens(lengths: Sequence[int], context: int) -> int:
    return sum(min(length, context) for length in lengths)
