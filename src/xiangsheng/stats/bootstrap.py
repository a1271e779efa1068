"""The percentile bootstrap over units (Efron 1979), for anything that is a function of sums."""

import numpy as np

from xiangsheng.stats.arrays import Floats

PRODUCTS = 1 << 18  # a block: little memory, and below where BLAS starts threads, which cost more
MIDDLE = (2.5, 97.5)


def resampled_sums(rows: Floats, resamples: int, seed: int) -> Floats:
    """Column sums of `resamples` bootstrap samples of the rows: (resamples, columns).

    Row i is what unit i adds. The same seed and number of units give the same samples, so two
    systems measured on the same units are resampled together.
    """
    units, columns = rows.shape
    rng = np.random.default_rng(seed)
    sums = np.empty((resamples, columns))
    block = max(1, PRODUCTS // max(1, rows.size))
    for start in range(0, resamples, block):
        size = min(block, resamples - start)
        drawn = rng.integers(units, size=(size, units), dtype=np.int32)
        drawn += np.arange(0, size * units, units, dtype=np.int32)[:, None]
        weights = np.bincount(drawn.ravel(), minlength=size * units).reshape(size, units)
        sums[start : start + size] = weights.astype(np.float64) @ rows
    return sums


def percentile_interval(replicates: Floats, estimate: float) -> tuple[float, float]:
    """The middle 95 % of the replicates, widened where it would leave out the estimate."""
    low, high = np.percentile(replicates, MIDDLE)
    return min(float(low), estimate), max(float(high), estimate)
