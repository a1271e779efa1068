"""The delete-one-unit jackknife (Tukey 1958), for statistics that a bootstrap would bias.

A bootstrap sample holds about 63 % of the units, so whatever counts types shrinks with it.
"""

import numpy as np

from xiangsheng.stats.arrays import Floats

Z95 = 1.959963984540054


def jackknife_interval(
    left_out: Floats, estimate: float, bounds: tuple[float, float]
) -> tuple[float, float]:
    """The estimate ± 1.96 jackknife standard errors, cut at `bounds`, which hold the estimate.

    Value i of `left_out` is the statistic of all units but unit i; there are at least two.
    """
    units = len(left_out)
    deviations = left_out - left_out.mean()
    error = float(np.sqrt((units - 1) / units * np.square(deviations).sum()))
    low, high = bounds
    return max(low, estimate - Z95 * error), min(high, estimate + Z95 * error)
