"""The digest of scripts: equal where, and only where, they are the same in every field."""

from collections.abc import Iterable
from dataclasses import asdict

from xiangsheng.core.script import Script
from xiangsheng.files.json_rows import digest


def scripts_digest(scripts: Iterable[Script]) -> str:
    """SHA-256 over all fields of all scripts in their order; part of a run's identity."""
    return digest([asdict(script) for script in scripts])
