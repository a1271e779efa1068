"""The configuration explains itself, pins everything and names nobody's machine."""

import ast
import re
import subprocess
import sys
import tomllib
from itertools import chain
from pathlib import Path

from support import ROOT, missing

PYPROJECT = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
LINT = PYPROJECT.partition("[tool.ruff.lint]")[2].partition("[tool.ruff.lint.isort]")[0]

NOT_HERE = re.compile(
    r"""
      (pypi|pythonhosted)\.            # a package index; pip has the user's own
    | /simple/?["'\s]                  # the same, as mirrors spell it
    | (?<![\w./-])/(work|root|tmp/bash_jobs|opt/wheels)/
    | (?<![\w./-])/(home|Users)/\w
    | \b[A-Z]:\\Users\\
    """,
    re.VERBOSE,
)

MODULES = {"vl_convert_python": "vl_convert"}  # libraries imported under another name


def tracked() -> list[Path]:
    """The files under version control, but not this one, which holds the patterns."""
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if listed.returncode:
        missing("version control", listed.stderr.strip())
    files = [ROOT / name for name in listed.stdout.split("\0") if name]
    return [file for file in files if file != Path(__file__) and file.is_file()]


def test_every_lint_exception_has_its_reason() -> None:
    exceptions = re.findall(r'^ +"(\w+)",(.*)$', LINT, re.MULTILINE)
    assert len(exceptions) > 10
    assert not [code for code, rest in exceptions if not re.match(r" +# \w", rest)]


def test_every_direct_dependency_is_pinned() -> None:
    project = tomllib.loads(PYPROJECT)["project"]
    groups = [project["dependencies"], *project["optional-dependencies"].values()]
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pinned = {line.partition("==")[0] for line in lines if "==" in line and line[0] != "#"}
    names = {re.split(r"[<>=~! ;\[]", one)[0].lower().replace("_", "-") for one in chain(*groups)}
    assert len(names) > 10
    assert names <= pinned


def test_the_pins_are_sorted_and_exact() -> None:
    first, *pins = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    assert first.startswith("# ")
    assert pins == sorted(pins, key=lambda pin: pin.split("=="))
    assert not [pin for pin in pins if not re.fullmatch(r"[a-z0-9-]+==[\w.]+", pin)]


def test_no_file_names_a_package_index_or_somebodys_machine() -> None:
    found = []
    for file in tracked():
        try:
            text = file.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue  # not text
        found += [
            f"{file.relative_to(ROOT)}:{number}: {line.strip()[:80]}"
            for number, line in enumerate(text.splitlines(), 1)
            if NOT_HERE.search(line)
        ]
    assert not found


def test_every_library_imported_is_a_declared_dependency() -> None:
    project = tomllib.loads(PYPROJECT)["project"]
    extras = project["optional-dependencies"]
    groups = [project["dependencies"], extras["local"], extras["hf"]]
    declared = {re.split(r"[<>=~! ;\[]", one)[0].replace("-", "_") for one in chain(*groups)}
    declared = {MODULES.get(name, name) for name in declared}
    imported = set()
    for file in (ROOT / "src").rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                imported |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                imported.add(node.module.partition(".")[0])
    assert "numpy" in imported
    assert imported - sys.stdlib_module_names - {"xiangsheng"} <= declared
