"""Run by the Python of the old tool's own environment: many files, one process, one report.

    python drive_old.py JOBS.json RUNS.json

Each file goes through `FineTune.prepare_data`, which is what the command line calls; its validators
are watched, not changed.
"""

import contextlib
import importlib
import io
import json
import sys
import warnings
from argparse import Namespace
from collections.abc import Callable
from itertools import cycle
from pathlib import Path
from typing import Any

CLI: Any = importlib.import_module("openai.cli")

warnings.simplefilter("ignore")  # pandas has views on how the tool uses it


class Answers(io.TextIOBase):
    """A person who gives the same answers again and again."""

    def __init__(self, answers: str) -> None:
        super().__init__()
        self.answers = cycle(answers)

    def readline(self, _size: int | None = -1, /) -> str:  # type: ignore[override]
        return f"{next(self.answers)}\n"


def said(check: str, remediation: Any) -> dict[str, Any] | None:
    """The remediation as the report has it; None when it has nothing to say."""
    if remediation is None:
        return None
    texts = {
        "error": remediation.error_msg,
        "necessary": remediation.necessary_msg,
        "optional": remediation.optional_msg,
        "immediate": remediation.immediate_msg,
    }
    levels = [kind for kind, text in texts.items() if text is not None]
    if not levels:
        return None
    level = {"error": "fatal", "immediate": "info"}.get(levels[0], levels[0])
    return {"check": check, "name": remediation.name, "level": level, **texts}


def watched(fired: list[Any]) -> dict[str, Callable[..., Any]]:
    """The tool's functions, which also note what they found."""
    read, validators = CLI.read_any_format, CLI.get_validators

    def reading(name: str) -> Any:
        frame, remediation = read(name)
        fired.append(said("R", remediation))
        return frame, remediation

    def watch(check: str, validator: Any) -> Any:
        def validate(frame: Any) -> Any:
            remediation = validator(frame)
            fired.append(said(check, remediation))
            return remediation

        return validate

    def get() -> list[Any]:
        return [watch(f"V{place}", one) for place, one in enumerate(validators(), 1)]

    return {"read_any_format": reading, "get_validators": get}


def prepare(file: Path, answers: str | None) -> dict[str, Any]:
    fired: list[Any] = []
    before, out, err = set(file.parent.iterdir()), io.StringIO(), io.StringIO()
    code, crash = 0, None
    real = {name: getattr(CLI, name) for name in ("read_any_format", "get_validators")}
    vars(CLI).update(watched(fired))
    stdin, sys.stdin = sys.stdin, Answers(answers or "n")
    try:
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            CLI.FineTune.prepare_data(Namespace(file=str(file), quiet=answers is None))
    except SystemExit as ending:
        code = int(ending.code or 0)
    except Exception as error:  # noqa: BLE001 — a crash is one of the tool's verdicts
        code, crash = 1, type(error).__name__
    finally:
        sys.stdin = stdin
        vars(CLI).update(real)
    made = sorted(set(file.parent.iterdir()) - before)
    return {
        "fired": [one for one in fired if one],
        "exit": code,
        "crash": crash,
        "outputs": {one.name: rows(one) for one in made},
        "out": out.getvalue(),
        "err": err.getvalue(),
    }


def rows(file: Path) -> list[list[str]]:
    lines = file.read_text(encoding="utf-8").split("\n")
    objects = [json.loads(line) for line in lines if line]
    return [[one["prompt"], one["completion"]] for one in objects]


def main() -> None:
    jobs = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    runs = {job["key"]: prepare(Path(job["file"]), job["answers"]) for job in jobs}
    Path(sys.argv[2]).write_text(json.dumps(runs), encoding="utf-8")


if __name__ == "__main__":
    main()
