"""What a prompt cache finds again."""

import pytest

from xiangsheng.prefix.caching import Granularity, cached
from xiangsheng.prefix.growing import Added


@pytest.mark.parametrize(
    ("shared", "hit"),
    [(0, 0), (1023, 0), (1024, 1024), (1151, 1024), (1152, 1152), (2000, 1920)],
)
def test_beginnings_are_found_in_steps(shared: int, hit: int) -> None:
    assert Granularity(1024, 128).hit(shared) == hit


@pytest.mark.parametrize(("shared", "hit"), [(63, 0), (64, 64), (127, 64), (130, 128)])
def test_units_of_one_size_are_both_least_and_step(shared: int, hit: int) -> None:
    assert Granularity(64, 64).hit(shared) == hit


def test_every_request_counts_for_itself() -> None:
    requests = [Added(200, 0), Added(300, 199), Added(300, 300), Added(90, 10)]
    assert cached(requests, Granularity(64, 64)) == 192 + 256
    assert cached(requests, Granularity(1024, 128)) == 0
