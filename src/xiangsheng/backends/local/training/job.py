"""A training job, frozen when it begins: all that decides its weights, to the last bit."""

import json
import platform
from dataclasses import asdict, dataclass
from pathlib import Path

import torch

from xiangsheng.core.canonical import digest
from xiangsheng.core.errors import StoreError
from xiangsheng.core.model import Precision
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


def begun(makes: str, precision: Precision, folder: Path) -> Job:
    """The job that `folder` holds, else one for this machine as it is, now written there.

    Raises StoreError for a job that this machine or these libraries would not finish alike.
    """
    path = folder / "job.json"
    now = Job(
        makes,
        torch.get_num_threads(),
        str(resolved(precision)),
        "cpu",
        torch.__version__,
        f"{platform.machine()} {torch.backends.cpu.get_cpu_capability()}",
    )
    try:
        found = Job(**json.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        write_text(path, json.dumps(asdict(now), indent=2) + "\n")
        return now
    except (ValueError, TypeError) as error:
        raise _other(folder, f"job.json cannot be read: {error}") from error
    if found.makes != makes:
        raise _other(folder, "its data, its settings or its base are not those of now")
    for name in ("precision", "device", "torch", "processor"):
        if getattr(found, name) != getattr(now, name):
            raise _other(
                folder, f"{name} was {getattr(found, name)} and is {getattr(now, name)} now"
            )
    return found


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
