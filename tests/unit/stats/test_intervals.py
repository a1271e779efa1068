"""Intervals: bootstrap and jackknife over units."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from xiangsheng.stats import bootstrap
from xiangsheng.stats.bootstrap import percentile_interval, resampled_sums
from xiangsheng.stats.jackknife import jackknife_interval


def test_a_resample_draws_as_many_units_as_there_are() -> None:
    rows = np.ones((7, 1))
    assert (resampled_sums(rows, 50, 0) == 7).all()


def test_the_same_seed_draws_the_same_and_another_does_not() -> None:
    rows = np.arange(30.0).reshape(10, 3)
    assert (resampled_sums(rows, 40, 1) == resampled_sums(rows, 40, 1)).all()
    assert (resampled_sums(rows, 40, 1) != resampled_sums(rows, 40, 2)).any()


def test_columns_are_resampled_together() -> None:
    rows = np.random.default_rng(0).random((20, 1))
    sums = resampled_sums(np.hstack((rows, 3 * rows)), 100, 5)
    assert np.allclose(3 * sums[:, 0], sums[:, 1])


def test_blocks_cover_every_resample(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bootstrap, "PRODUCTS", 60)
    sums = resampled_sums(np.ones((7, 2)), 11, 0)
    assert sums.shape == (11, 2)
    assert (sums == 7).all()


def test_the_bootstrap_of_a_mean_has_its_standard_error() -> None:
    rows = np.random.default_rng(1).normal(size=(400, 1))
    means = resampled_sums(rows, 4000, 2)[:, 0] / 400
    assert means.std() == pytest.approx(rows.std() / 20, rel=0.05)
    low, high = percentile_interval(means, float(rows.mean()))
    assert high - low == pytest.approx(2 * 1.96 * rows.std() / 20, rel=0.1)


def test_the_percentile_interval_is_that_of_numpy() -> None:
    replicates = np.arange(101.0)
    assert percentile_interval(replicates, 50) == (2.5, 97.5)


@pytest.mark.parametrize("estimate", [-3.0, 200.0])
def test_the_percentile_interval_is_widened_to_its_estimate(estimate: float) -> None:
    low, high = percentile_interval(np.arange(101.0), estimate)
    assert low <= estimate <= high
    assert {low, high} & {2.5, 97.5}


def test_the_jackknife_of_a_mean_has_its_standard_error() -> None:
    values = np.array([1.0, 2.0, 4.0, 9.0])
    left_out = (values.sum() - values) / 3
    low, high = jackknife_interval(left_out, 4.0, (-100, 100))
    error = values.std(ddof=1) / 2
    assert (low, high) == pytest.approx((4 - 1.96 * error, 4 + 1.96 * error), rel=1e-3)


def test_the_jackknife_interval_stays_within_its_bounds() -> None:
    assert jackknife_interval(np.array([0.0, 100.0]), 50.0, (0, 100)) == (0, 100)


@given(st.lists(st.floats(0, 100), min_size=2, max_size=20), st.floats(0, 100))
def test_every_interval_holds_its_estimate(values: list[float], estimate: float) -> None:
    array = np.array(values)
    for low, high in (
        percentile_interval(array, estimate),
        jackknife_interval(array, estimate, (0, 100)),
    ):
        assert low <= estimate <= high
