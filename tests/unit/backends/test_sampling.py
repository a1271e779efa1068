"""Each step of sampling against the slowest obvious way to do it, in plain Python."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from xiangsheng.backends import sampling
from xiangsheng.backends.uniform import uniform

LOGITS = st.lists(st.floats(-20, 20), min_size=1, max_size=40)


def vector(values: list[float]) -> sampling.Vector:
    return np.array(values, dtype=np.float64)


def obvious_softmax(logits: list[float], temperature: float) -> list[float]:
    top = max(logits)
    weights = [math.exp((logit - top) / temperature) for logit in logits]
    return [weight / math.fsum(weights) for weight in weights]


@given(logits=LOGITS, temperature=st.floats(0.05, 2))
def test_temperature_divides_the_logits(logits: list[float], temperature: float) -> None:
    got = sampling.probabilities(vector(logits), temperature, 1.0)
    assert got == pytest.approx(obvious_softmax(logits, temperature), abs=1e-12)


@given(logits=LOGITS)
def test_temperature_zero_is_the_most_likely_token_and_the_lowest_of_equals(
    logits: list[float],
) -> None:
    got = sampling.probabilities(vector(logits), 0, 0.3)
    assert got.tolist() == [float(place == logits.index(max(logits))) for place in range(len(got))]


@pytest.mark.parametrize("temperature", [5e-324, 1e-300, 1e-9])
def test_the_smallest_temperatures_are_no_error(temperature: float) -> None:
    got = sampling.probabilities(vector([1.0, 3.0, -800.0]), temperature, 1.0)
    assert got.tolist() == [0.0, 1.0, 0.0]


@given(
    shares=st.lists(st.integers(1, 9), min_size=1, max_size=30),
    top_p=st.floats(0, 1),
)
def test_top_p_keeps_the_smallest_set_that_reaches_the_mass(
    shares: list[int], top_p: float
) -> None:
    weights = vector([float(share) for share in shares]) / sum(shares)
    order = sorted(range(len(shares)), key=lambda place: (-weights[place], place))
    kept: list[int] = []
    mass = 0.0
    for place in order:
        kept.append(place)
        mass += float(weights[place])
        if mass >= top_p:
            break
    if top_p == 1:
        kept = order
    got = sampling.nucleus(weights, top_p)
    assert np.flatnonzero(got).tolist() == sorted(kept)
    assert got[kept] == pytest.approx(weights[kept] / weights[kept].sum())


def test_top_p_breaks_ties_by_the_lowest_id() -> None:
    got = sampling.nucleus(vector([0.25, 0.25, 0.25, 0.25]), 0.5)
    assert got.tolist() == [0.5, 0.5, 0.0, 0.0]


def test_top_p_zero_leaves_one_token() -> None:
    assert sampling.nucleus(vector([0.2, 0.5, 0.3]), 0.0).tolist() == [0.0, 1.0, 0.0]


def test_top_p_comes_after_temperature() -> None:
    logits = vector([math.log(0.6), math.log(0.3), math.log(0.1)])
    assert np.count_nonzero(sampling.probabilities(logits, 1.0, 0.65)) == 2
    assert np.count_nonzero(sampling.probabilities(logits, 0.5, 0.65)) == 1


@given(
    generated=st.lists(st.integers(0, 5), min_size=4, max_size=4),
    presence=st.floats(-2, 2),
    frequency=st.floats(-2, 2),
    bias=st.dictionaries(st.integers(0, 3), st.floats(-100, 100)),
)
def test_bias_and_penalties_are_the_published_formula(
    generated: list[int], presence: float, frequency: float, bias: dict[int, float]
) -> None:
    logits = [0.5, -1.0, 2.0, 0.0]
    got = sampling.adjusted(
        vector(logits),
        vector([float(times) for times in generated]),
        presence=presence,
        frequency=frequency,
        bias=bias,
    )
    expected = [
        logit + bias.get(place, 0.0) - times * frequency - (presence if times > 0 else 0.0)
        for place, (logit, times) in enumerate(zip(logits, generated, strict=True))
    ]
    assert got == pytest.approx(expected)
    assert logits == [0.5, -1.0, 2.0, 0.0]


@given(
    weights=st.lists(st.integers(0, 5), min_size=1, max_size=20).filter(any),
    chance=st.floats(0, 1, exclude_max=True),
)
def test_a_draw_is_the_first_token_whose_cumulative_weight_exceeds_it(
    weights: list[int], chance: float
) -> None:
    target, reached = chance * sum(weights), 0
    for expected, weight in enumerate(weights):  # noqa: B007 - the last one is what we want
        reached += weight
        if reached > target:
            break
    token = sampling.draw(vector([float(weight) for weight in weights]), chance)
    assert token == expected
    assert weights[token] > 0


def test_rounding_at_the_top_draws_the_last_token_that_has_weight() -> None:
    assert sampling.draw(vector([1.0, 5e-324, 0.0]), 1 - 2**-53) == 0
    assert sampling.draw(vector([5e-324, 0.0]), 1 - 2**-53) == 0


@given(logits=LOGITS, count=st.integers(0, 6))
def test_the_most_likely_are_those_of_a_plain_sort(logits: list[float], count: int) -> None:
    expected = sorted(range(len(logits)), key=lambda place: (-logits[place], place))[:count]
    assert sampling.most_likely(vector(logits), count) == expected


@pytest.mark.parametrize(("temperature", "top_p"), [(1.0, 1.0), (0.6, 1.0), (1.5, 0.8)])
def test_draws_have_the_frequencies_of_the_softmax(temperature: float, top_p: float) -> None:
    logits = vector([2.0, 1.0, 0.0, -1.0, 1.5, -3.0, 0.3])
    weights = sampling.probabilities(logits, temperature, top_p)
    draws = 20_000
    seen = np.bincount(
        [sampling.draw(weights, uniform(11, "频率", 0, step)) for step in range(draws)],
        minlength=len(logits),
    )
    possible = weights > 0
    assert not seen[~possible].any()
    expected = weights[possible] * draws
    chi_square = float(((seen[possible] - expected) ** 2 / expected).sum())
    assert chi_square < 22.5  # the 0.999 quantile at six degrees of freedom
