"""A training job, frozen when it begins: all that decides its weights, to the last bit."""

import json
import platform
from dataclasses import asdict, dataclass
from pathlib import Path

import torch

from xiangsheng.core.canonical import digest
from xiangsheng.core.errors import StoreError
from xiangsheng.core.model import Machine, Precision
from xiangsheng.files.atomic import write_text


@dataclass(frozen=True, slots=True)
class Job:
    """`makes` is the digest of weights, data, order and hyperparameters; the rest is the machine."""

    makes: str
    threads: int
    precision: str
    device: str
    torch: str
    processor: str

    @property
    def digest(self) -> str:
        return digest(self)


def machine(precision: Precision) -> Machine:
    """The one this process runs on, as it is now."""
    return Machine(
        torch.get_num_threads(),
        str(resolved(precision)),
        "cpu",
        torch.__version__,
        f"{platform.machine()} {torch.backends.cpu.get_cpu_capability()}",
    )


def begun(makes: str, precision: Precision, folder: Path, meant: Machine | None = None) -> Job:
    """The job that `folder` holds, else one for the machine that it was `meant` for, or else for
    this one as it is, now written there.

    Raises StoreError for a job that this machine or these libraries would not finish alike.
    """
    path = folder / "job.json"
    now = Job(makes, **asdict(machine(precision)))
    try:
        found = Job(**json.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        found = Job(makes, **asdict(meant)) if meant else now
        _refuse_other(found, now, folder)
        write_text(path, json.dumps(asdict(found), indent=2) + "\n")
        return found
    except (ValueError, TypeError) as error:
        raise _other(folder, f"job.json cannot be read: {error}") from error
    _refuse_other(found, now, folder)
    return found


def _refuse_other(found: Job, now: Job, folder: Path) -> None:
    if found.makes != now.makes:
        raise _other(folder, "its data, its settings or its base are not those of now")
    for name in ("precision", "device", "torch", "processor"):
        if getattr(found, name) != getattr(now, name):
            raise _other(
                folder, f"{name} was {getattr(found, name)} and is {getattr(now, name)} now"
            )


def resolved(precision: Precision) -> Precision:
    """AUTO becomes what this processor multiplies fastest."""
    if precision is not Precision.AUTO:
        return precision
    fast = bool(torch.cpu.get_capabilities().get("avx512_bf16")) or bool(
        torch.cpu.get_capabilities().get("amx_bf16")
    )
    return Precision.BF16 if fast else Precision.FP32


def _other(folder: Path, why: str) -> StoreError:
    return StoreError(
        f"the training that was begun here cannot be gone on with: {why}",
        where=str(folder),
        hint="use what it was begun with, or remove that folder to begin again",
        code="job_changed",
    )
