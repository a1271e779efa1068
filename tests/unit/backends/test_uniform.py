import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from xiangsheng.backends.uniform import uniform


def test_known_values_hold_on_every_machine() -> None:
    assert [uniform(0, "a", 0, 0), uniform(7, "脚本1/3", 2, 41)] == [
        0.6853248946866171,
        0.06890977358990769,
    ]


@given(st.integers(), st.text(), st.integers(0, 200), st.integers(0, 10_000))
def test_every_key_gives_a_number_from_0_to_below_1(
    seed: int, item: str, sample: int, step: int
) -> None:
    assert 0 <= uniform(seed, item, sample, step) < 1


def test_every_part_of_the_key_matters() -> None:
    keys = [(0, "a", 0, 0), (1, "a", 0, 0), (0, "b", 0, 0), (0, "a", 1, 0), (0, "a", 0, 1)]
    assert len({uniform(*key) for key in keys}) == len(keys)
    assert uniform(0, "1:a", 2, 3) != uniform(0, "a", 2, 31)


def test_lone_surrogates_in_an_item_are_no_error() -> None:
    assert 0 <= uniform(0, "\ud800", 0, 0) < 1


def test_numbers_are_uniform_along_steps_samples_and_items() -> None:
    draws = 10_000
    for stream in (
        [uniform(3, "x", 0, step) for step in range(draws)],
        [uniform(3, "x", sample, 0) for sample in range(draws)],
        [uniform(3, str(item), 0, 0) for item in range(draws)],
    ):
        seen = np.bincount((np.array(stream) * 20).astype(int), minlength=20)
        expected = draws / 20
        assert float(((seen - expected) ** 2 / expected).sum()) < 43.8  # 1 in 1000 at 19 degrees
        neighbours = np.corrcoef(stream[:-1], stream[1:])[0, 1]
        assert abs(neighbours) < 0.04
