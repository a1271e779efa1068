"""What holds for every test: no network, a fresh environment, nothing skipped unseen."""

import os
import signal
import socket
from collections.abc import Iterator
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, settings

if TYPE_CHECKING:
    from postgres import Cluster

settings.register_profile(
    "xiangsheng",
    deadline=None,  # no test is a timed test
    suppress_health_check=[HealthCheck.too_slow],
    derandomize=True,  # the same examples everywhere
    database=None,
)
settings.load_profile("xiangsheng")

# The command line chooses its language when it is imported, before any fixture runs.
os.environ.update(LANG="C.UTF-8", LC_ALL="C.UTF-8")

# Tests train tiny networks: a second thread would only wait for the first, and those that wait
# spin, which on a busy machine makes them twenty times slower. Read when torch is first imported.
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OMP_WAIT_POLICY", "passive")

# A runner started in the background ignores Ctrl-C, and so would every process the tests start.
signal.signal(signal.SIGINT, signal.default_int_handler)

KEPT = {"XIANGSHENG_C3", "XIANGSHENG_OLD_TOOL", "XIANGSHENG_REQUIRE_ALL", "XIANGSHENG_GOLDEN"}
SECRET_ENDINGS = ("_API_KEY", "_BASE_URL", "_API_BASE")

skipped: list[str] = []


def is_loopback(host: object) -> bool:
    """True for this machine under any of its usual names; other names are not looked up."""
    if isinstance(host, bytes):
        host = host.decode("ascii", "replace")
    if host in {None, "", "localhost"}:
        return True
    try:
        return ip_address(str(host).partition("%")[0]).is_loopback
    except ValueError:
        return False


def refuse(host: object) -> None:
    if not is_loopback(host):
        raise RuntimeError(f"a test tried to reach {host!r}; only this machine is allowed")


@pytest.fixture(scope="session", autouse=True)
def no_network() -> Iterator[None]:
    """Sockets of this process reach loopback and Unix sockets only; names are not resolved."""
    real_getaddrinfo = socket.getaddrinfo

    def getaddrinfo(host: Any, *args: Any, **kwargs: Any) -> Any:
        refuse(host)
        return real_getaddrinfo(host, *args, **kwargs)

    def guarded(name: str) -> Any:
        real = getattr(socket.socket, name)

        def call(self: socket.socket, *args: Any) -> Any:
            if self.family in {socket.AF_INET, socket.AF_INET6}:
                refuse(args[-1][0])
            return real(self, *args)

        return call

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket, "getaddrinfo", getaddrinfo)
        for name in ("connect", "connect_ex", "sendto"):
            patch.setattr(socket.socket, name, guarded(name))
        yield


@pytest.fixture(scope="session", autouse=True)
def fresh_environment() -> Iterator[None]:
    """Whatever the person running the tests has set, the tests and their children see the same."""
    with pytest.MonkeyPatch.context() as patch:
        for name in os.environ:
            ours = name.startswith("XIANGSHENG_") and name not in KEPT
            if ours or name.endswith(SECRET_ENDINGS) or name.startswith("PG"):
                patch.delenv(name)
        for name in ("LC_ALL", "LC_MESSAGES", "LANGUAGE"):
            patch.delenv(name, raising=False)
        patch.setenv("LANG", "C.UTF-8")
        patch.setenv("TIKTOKEN_CACHE_DIR", "")  # no vocabularies that only this machine has
        yield


@pytest.fixture(scope="session")
def cluster() -> Iterator["Cluster"]:
    """A PostgreSQL of this process's tests."""
    from postgres import running_cluster

    with running_cluster() as running:
        yield running


@pytest.fixture(params=["sqlite", "postgres"])
def tables(request: pytest.FixtureRequest) -> Iterator[dict[str, str]]:
    """The environment of a home with its tables in SQLite, and of one with them in PostgreSQL."""
    if request.param == "sqlite":
        yield {}
        return
    cluster: Cluster = request.getfixturevalue("cluster")
    with cluster.for_a_home() as environment:
        yield environment


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Soak tests run only when `-m` names them."""
    if "soak" in config.option.markexpr:
        return
    soak = [item for item in items if item.get_closest_marker("soak")]
    if soak:
        config.hook.pytest_deselected(items=soak)
        items[:] = [item for item in items if item not in soak]


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    if report.skipped and not hasattr(report, "wasxfail"):
        skipped.append(report.nodeid)


def pytest_collectreport(report: pytest.CollectReport) -> None:
    if report.skipped:
        skipped.append(report.nodeid)


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Where everything is required, a skipped test is a failed run."""
    if skipped and exitstatus == pytest.ExitCode.OK and required():
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if skipped and required():
        terminalreporter.section("skipped, though XIANGSHENG_REQUIRE_ALL=1", red=True)
        for nodeid in skipped:
            terminalreporter.line(nodeid)


def required() -> bool:
    return os.environ.get("XIANGSHENG_REQUIRE_ALL") == "1"
