"""Freed memory is kept for the next product.

The allocator of glibc gives large blocks back to the system as soon as they are freed and takes
them anew, page by page, a millisecond later: a third of the time in which prompts were read
(docs/log.md). Other allocators are left as they are.
"""

import ctypes
import sys
from typing import Any

TRIM_THRESHOLD, MMAP_THRESHOLD, ARENA_MAX = -1, -3, -8
"""The names of glibc's `mallopt`."""
KEPT = 256 << 20
"""Bytes that may lie idle at the end of the store."""
LARGE = 64 << 20
"""Bytes of a block that is taken from the system, and given back, by itself."""


def keep_freed_memory() -> None:
    """To be called before threads have taken memory of their own: they share one store from now on."""
    if mallopt := _glibc("mallopt"):
        for option, value in ((TRIM_THRESHOLD, KEPT), (MMAP_THRESHOLD, LARGE), (ARENA_MAX, 1)):
            mallopt(option, value)


def give_back_freed_memory() -> None:
    """For who has nothing to do for a while; takes some hundredths of a second."""
    if trim := _glibc("malloc_trim"):
        trim(0)


def _glibc(name: str) -> Any:
    """None in other systems; musl has neither."""
    return getattr(ctypes.CDLL(None), name, None) if sys.platform == "linux" else None
