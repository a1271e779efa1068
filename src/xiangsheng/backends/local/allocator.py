"""Freed memory is kept for the next product.

The allocator of glibc gives large blocks back to the system as soon as they are freed and takes
them anew, page by page, a millisecond later: a third of the time in which prompts were read
(docs/log.md). Other allocators are left as they are.
"""

import ctypes
import sys

TRIM_THRESHOLD, MMAP_THRESHOLD, ARENA_MAX = -1, -3, -8
"""The names of glibc's `mallopt`."""
KEPT = 256 << 20
"""Bytes that may lie idle at the end of the store."""
LARGE = 64 << 20
"""Bytes of a block that is taken from the system, and given back, by itself."""


def keep_freed_memory() -> None:
    """To be called before threads have taken memory of their own: they share one store from now on."""
    if sys.platform != "linux":
        return
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)  # musl has none
    if mallopt:
        for option, value in ((TRIM_THRESHOLD, KEPT), (MMAP_THRESHOLD, LARGE), (ARENA_MAX, 1)):
            mallopt(option, value)
