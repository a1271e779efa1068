"""Who holds what is claimed by a lease: named after the machine and the lock it shares."""

import os
import secrets
import socket
from pathlib import Path

from xiangsheng.store.job_leases import Owner


def owner_of(folder: Path, lock: str, device: str) -> Owner:
    """Whoever holds a lock in this folder, which is this process. Not named after the machine alone:
    two homes may share a database and a host name.
    """
    place = folder / f"{lock}.id"
    if not place.exists():
        place.write_text(secrets.token_hex(8), encoding="ascii")
    mark = place.read_text(encoding="ascii").strip()
    return Owner(f"{socket.gethostname()}:{mark}", device, f"{os.getpid()}-{secrets.token_hex(4)}")
