"""Python's collector of cycles, kept away from what stays.

It stops all threads while it looks through what is there, and modules and models are most of that:
0.2 s, every few seconds of load (docs/log.md).
"""

import gc


def settle() -> None:
    """What is there now will stay: the collector looks at it when this is called again."""
    gc.unfreeze()
    gc.collect()
    gc.freeze()
