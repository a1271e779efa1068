"""The official clients of the API, each in an environment of its own; `make clients` makes them."""

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

from support import ROOT, missing

REQUIREMENTS = ROOT / "tests" / "clients"


@dataclass(frozen=True)
class Client:
    """One client, talking to one server: `url` ends in /v1."""

    name: str
    url: str
    key: str

    @property
    def folder(self) -> Path:
        """XIANGSHENG_CLIENTS names another place than the checkout."""
        return Path(os.environ.get("XIANGSHENG_CLIENTS", ROOT)) / f".venv-{self.name}"

    def __post_init__(self) -> None:
        stamp, wanted = self.folder / ".installed", REQUIREMENTS / f"{self.name}.txt"
        if not stamp.is_file() or stamp.stat().st_mtime < wanted.stat().st_mtime:
            missing(f"the client {self.name}", "make it with: make clients")

    def command(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """Its own command line, `openai`."""
        return self._run([str(self.folder / "bin" / "openai"), *arguments], environment)

    def script(self, code: str, *arguments: str) -> str:
        """What a script prints, which imports the client as people do."""
        done = self._run([str(self.folder / "bin" / "python"), "-c", code, *arguments], {})
        assert done.returncode == 0, done.stderr
        return done.stdout

    def _run(
        self, command: list[str], environment: dict[str, str]
    ) -> subprocess.CompletedProcess[str]:
        # Both generations of names, and nothing of ours.
        given = {
            "OPENAI_API_BASE": self.url,
            "OPENAI_BASE_URL": self.url,
            "OPENAI_API_KEY": self.key,
            "PATH": os.environ["PATH"],
            "HOME": str(self.folder),
            "LANG": "C.UTF-8",
            "PYTHONWARNINGS": "ignore",
        }
        return subprocess.run(
            command,
            env=given | environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
