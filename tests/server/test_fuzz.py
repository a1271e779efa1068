"""schemathesis draws requests from our own description: none is a server's error, all keep to it."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from served import KEY, Server, make_home, rows_of, serving
from support import ROOT

# Which parameters go together no schema can say, so some bodies that fit theirs are refused.
UNSAYABLE = "positive_data_acceptance"


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Server]:
    """A server whose models and files may be deleted."""
    with serving(make_home(tmp_path / "home")) as server:
        yield server


def test_no_request_breaks_the_server_or_its_description(own: Server, tmp_path: Path) -> None:
    description = own.url.removesuffix("/v1") + "/openapi.json"
    done = subprocess.run(
        [
            *(sys.executable, "-m", "schemathesis.cli", "run", description),
            *("--header", f"Authorization: Bearer {KEY}", "--checks", "all"),
            *("--exclude-checks", UNSAYABLE, "--max-examples", "15", "--seed", "1"),
            *("--request-timeout", "60", "--warnings", "off"),
        ],
        cwd=tmp_path,
        env={
            **os.environ,
            "SCHEMATHESIS_HOOKS": "server.fuzz_hooks",
            "PYTHONPATH": os.pathsep.join([str(ROOT / "tests"), str(ROOT / "src")]),
        },
        capture_output=True,
        text=True,
        check=False,
    )
    ((answered,),) = rows_of(own.home, "SELECT count(*) FROM served_outcomes")
    assert answered > 20  # not everything was refused, though it deletes models too
    assert done.returncode == 0, done.stdout[-8000:] + done.stderr
    paths = own.http.get(description).json()["paths"].values()
    assert f"Tested: {sum(map(len, paths))}\n" in done.stdout
    assert own.process.poll() is None


def test_the_description_is_of_version_3_1_with_a_bearer_key(live: Server) -> None:
    description = live.http.get(live.url.removesuffix("/v1") + "/openapi.json").json()
    assert description["openapi"].startswith("3.1")
    (scheme,) = description["components"]["securitySchemes"].values()
    assert (scheme["type"], scheme["scheme"]) == ("http", "bearer")
    for path, operations in description["paths"].items():
        for operation in operations.values():
            assert bool(operation.get("security")) == path.startswith("/v1/")
            assert "422" not in operation["responses"]
