"""The guards around every test hold: no network, a fresh environment, no unseen skip."""

import os
import re
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from support import ROOT

TWO_KINDS = """
import pytest

def test_skipped():
    pytest.skip("for a reason")

@pytest.mark.soak
def test_long():
    pass

@pytest.mark.xfail(reason="known")
def test_known():
    assert False

def test_short():
    pass
"""


@pytest.fixture
def sandbox(tmp_path: Path) -> Path:
    """A folder of tests of its own under the same guards."""
    shutil.copy(ROOT / "tests" / "conftest.py", tmp_path)
    (tmp_path / "test_sandbox.py").write_text(TWO_KINDS, encoding="utf-8")
    (tmp_path / "pytest.ini").write_text("[pytest]\nmarkers = soak: long\n", encoding="utf-8")
    return tmp_path


def run_pytest(folder: Path, *words: str, **env: str) -> subprocess.CompletedProcess[str]:
    inherited = {k: v for k, v in os.environ.items() if k != "XIANGSHENG_REQUIRE_ALL"}
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *words],
        cwd=folder,
        env=inherited | env,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    "address", [("192.0.2.1", 80), ("example.invalid", 443), ("2001:db8::1", 80)]
)
def test_the_network_is_refused(address: tuple[str, int]) -> None:
    with pytest.raises(RuntimeError, match=f"tried to reach '{address[0]}'"):
        socket.create_connection(address, timeout=1)


def test_a_raw_socket_is_refused_too() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        with pytest.raises(RuntimeError, match="only this machine"):
            sock.sendto(b"", ("192.0.2.1", 53))
        with pytest.raises(RuntimeError, match="only this machine"):
            sock.connect_ex(("192.0.2.1", 53))


def test_this_machine_may_be_reached() -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        socket.create_connection(("localhost", server.getsockname()[1]), timeout=5) as client,
    ):
        assert client.getpeername() == server.getsockname()


def test_the_environment_is_fresh() -> None:
    ours = {name for name in os.environ if name.startswith("XIANGSHENG_")}
    kept = {"C3", "OLD_TOOL", "REQUIRE_ALL", "GOLDEN"}
    assert ours <= {f"XIANGSHENG_{name}" for name in kept}
    assert not [name for name in os.environ if name.endswith("_API_KEY")]
    assert os.environ["LANG"] == "C.UTF-8"


def test_soak_tests_wait_to_be_asked_for(sandbox: Path) -> None:
    usual = run_pytest(sandbox)
    assert usual.returncode == 0
    assert "1 passed, 1 skipped, 1 deselected, 1 xfailed" in usual.stdout
    asked = run_pytest(sandbox, "-m", "soak")
    assert "1 passed, 3 deselected" in asked.stdout


def test_where_all_is_required_a_skip_fails_the_run(sandbox: Path) -> None:
    done = run_pytest(sandbox, XIANGSHENG_REQUIRE_ALL="1")
    assert done.returncode == 1
    listed = re.search(r"skipped, though XIANGSHENG_REQUIRE_ALL=1 =+\n(.*)\n", done.stdout)
    assert listed
    assert listed[1] == "test_sandbox.py::test_skipped"
    assert done.stdout.splitlines()[-1].strip("= ").startswith("1 passed, 1 skipped")
