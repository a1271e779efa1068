"""What stays is not looked through again; what comes later is."""

import gc
import weakref
from collections.abc import Iterator

import pytest

from xiangsheng.running.collector import settle


@pytest.fixture(autouse=True)
def unsettled() -> Iterator[None]:
    yield
    gc.unfreeze()


class Knot:
    def __init__(self) -> None:
        self.itself = self


def test_what_stays_is_not_looked_through_again() -> None:
    settle()
    assert gc.get_freeze_count() > 1000
    assert sum(gc.get_count()) < 1000
    assert len(gc.get_objects()) < 1000


def test_cycles_made_later_go_and_those_from_before_at_the_next_settling() -> None:
    before = Knot()
    settle()
    old, later = weakref.ref(before), Knot()
    new = weakref.ref(later)
    del before, later
    gc.collect()
    assert new() is None
    assert old() is not None
    settle()
    assert old() is None
