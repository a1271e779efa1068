"""Whether a model fits into memory, asked before it is tried."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from xiangsheng.backends.local.ladder import Shape
from xiangsheng.core.errors import MemoryShortError

TRAINING_COPIES = 5
"""Weights, gradients, two moments, and the best weights so far."""
ACTIVATIONS = 1 << 30
"""Bytes that a batch takes on its way through the largest rung, roughly."""


def enough_room(shape: Shape, *, training: bool, available: int | None = None) -> None:
    """Raises MemoryShortError when less than what is needed is free; unknown counts as enough."""
    copies = TRAINING_COPIES if training else 1
    needed = 4 * shape.parameters * copies + (ACTIVATIONS if training else 0)
    free = free_bytes() if available is None else available
    if free is not None and needed > free:
        raise MemoryShortError(
            f"{'training' if training else 'opening'} a model of {shape.parameters:,} parameters "
            f"takes about {needed / 2**30:.1f} GiB of memory, and {free / 2**30:.1f} GiB are free",
            hint="choose a smaller model (local:ada is the smallest), or close other programs",
        )


@contextmanager
def short_memory() -> Iterator[None]:
    """Within it torch's «cannot allocate» is MemoryShortError."""
    try:
        yield
    except (RuntimeError, MemoryError) as error:
        if isinstance(error, RuntimeError) and "allocate" not in str(error):
            raise
        raise MemoryShortError(
            f"no memory is left: {str(error).splitlines()[0]}",
            hint="choose a smaller model or --set tuning.batch_size=1, or close other programs",
        ) from error


def free_bytes() -> int | None:
    """What the system could still give; None where it does not say so."""
    try:
        told = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
        return next(
            int(line.split()[1]) * 1024 for line in told if line.startswith("MemAvailable:")
        )
    except (OSError, StopIteration):  # not Linux
        pass
    try:
        return os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (ValueError, OSError, AttributeError):
        return None
