"""Whether somebody has a lock, for who does not want it."""

import os
from pathlib import Path

from filelock import FileLock, Timeout


def is_held(path: Path) -> bool:
    """Whether a process has the `FileLock` of this path. Who asks is in nobody's way who asks as
    well, and for a moment in the way of who comes for the lock.
    """
    if os.name != "posix":  # where locks cannot be shared, those who ask disturb each other
        try:
            with FileLock(path, timeout=0):
                return False
        except Timeout:
            return True
    import fcntl

    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False
