"""The official clients of the API, each in an environment of its own, which `make test` makes."""

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

from support import ROOT, missing

OLDEST = "openai-0.28"
"""The one of 2022, whose tool for preparing data is compared with ours, too."""


@dataclass(frozen=True)
class Client:
    """One client, talking to one server: `url` ends in /v1."""

    name: str
    url: str
    key: str

    @property
    def folder(self) -> Path:
        named = os.environ.get("XIANGSHENG_OLD_TOOL") if self.name == OLDEST else None
        return Path(named or ROOT / f".venv-{self.name}")

    def __post_init__(self) -> None:
        if not (self.folder / ".installed").is_file():
            missing(f"the client {self.name}", f"not at {self.folder}; make test makes it")

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
