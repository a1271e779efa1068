"""A few things stay open; what is in use never goes."""

from threading import Barrier, Thread

import pytest

from xiangsheng.core.errors import BusyError
from xiangsheng.running.pool import Pool


class Made:
    """What was made, in order."""

    def __init__(self) -> None:
        self.names: list[str] = []

    def make(self, name: str) -> str:
        self.names.append(name)
        return name.upper()


def used(pool: Pool[str], made: Made, name: str) -> str:
    """Opened where need be, and given back at once."""
    thing = pool.take(name) or pool.open(name, lambda: made.make(name))
    pool.give_back(name)
    return thing


def test_what_is_open_is_not_made_again() -> None:
    pool, made = Pool[str](2), Made()
    assert pool.take("a") is None
    assert [used(pool, made, name) for name in "abab"] == ["A", "B", "A", "B"]
    assert made.names == ["a", "b"]


def test_the_one_idle_for_longest_goes_first() -> None:
    pool, made = Pool[str](2), Made()
    for name in "abac":
        used(pool, made, name)
    assert pool.take("b") is None
    assert pool.take("a") == "A"


def test_what_is_in_use_stays_and_when_all_is_no_more_is_opened() -> None:
    pool, made = Pool[str](2), Made()
    pool.open("a", lambda: made.make("a"))
    used(pool, made, "b")
    used(pool, made, "c")
    assert pool.take("a") == "A"
    pool.open("c", lambda: made.make("c"))
    with pytest.raises(BusyError, match="all 2 models"):
        pool.open("d", lambda: made.make("d"))
    pool.give_back("a")
    with pytest.raises(BusyError):  # it is used twice
        pool.open("d", lambda: made.make("d"))
    pool.give_back("a")
    assert pool.open("d", lambda: made.make("d")) == "D"


def test_what_cannot_be_made_leaves_no_trace() -> None:
    pool, made = Pool[str](1), Made()

    def fail() -> str:
        raise OSError("no disk")

    with pytest.raises(OSError, match="no disk"):
        pool.open("a", fail)
    assert used(pool, made, "a") == "A"


def test_threads_that_want_the_same_make_it_once() -> None:
    pool, made, together = Pool[str](1), Made(), Barrier(8)

    def open_it() -> None:
        together.wait(10)
        pool.open("a", lambda: made.make("a"))

    threads = [Thread(target=open_it) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert made.names == ["a"]
    for _ in range(8):
        with pytest.raises(BusyError):
            pool.open("b", lambda: made.make("b"))
        pool.give_back("a")
    assert used(pool, made, "b") == "B"
