"""Who holds what is claimed by a lease: named after the machine and the lock it shares."""

import os
import secrets
import socket
from pathlib import Path

from xiangsheng.files.atomic import write_text
from xiangsheng.store.job_leases import Owner


def owner_of(folder: Path, lock: str, device: str) -> Owner:
    """Whoever holds a lock in this folder, which is this process. Not named after the machine alone:
    two homes may share a database and a host name. Raises DiskFullError, DataError, OSError.

    Only for who has the lock: of two that name themselves at once in a new home, one would bear a
    mark that is nowhere written, and whoever comes after it had to wait until its leases are void.
    """
    place = folder / f"{lock}.id"
    mark = place.read_text(encoding="ascii").strip() if place.exists() else ""
    if not mark:
        mark = secrets.token_hex(8)
        write_text(place, mark)
    return Owner(f"{socket.gethostname()}:{mark}", device, f"{os.getpid()}-{secrets.token_hex(4)}")
