"""How long, how fast, in which order: decided before the first step."""

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xiangsheng.backends.local.training.course import (
    FLOOR,
    TOKENS_A_STEP,
    Course,
    course,
)
from xiangsheng.backends.local.training.documents import Document
from xiangsheng.core.model import Hyperparameters, Schedule

BASE_RATE = 3e-3
counts = st.integers(1, 60)


def sized(*tokens: int) -> list[Document]:
    return [Document((0,) * size, (1.0,) * size) for size in tokens]


def planned(documents: int = 40, **changed: Any) -> Course:
    hyper = Hyperparameters(**({"batch_size": 4, "epochs": 5} | changed))
    return course(hyper, sized(*[50] * documents), BASE_RATE)


def rates(**changed: Any) -> list[float]:
    plan = planned(**changed)
    return [plan.rate_at(step) / plan.rate for step in range(plan.steps)]


def test_warm_up_rises_evenly_to_the_highest_rate() -> None:
    found = rates(warmup=0.2)  # of 50 steps
    assert found[:10] == pytest.approx([(step + 1) / 10 for step in range(10)])
    assert max(found) == found[9] == 1.0
    assert found[10] == 1.0
    assert found[11] < 1.0


def test_without_warm_up_the_first_step_is_at_the_highest_rate() -> None:
    assert rates(warmup=0.0)[0] == 1.0


@pytest.mark.parametrize("schedule", [Schedule.COSINE, Schedule.LINEAR])
def test_the_rate_falls_to_a_tenth_and_never_below(schedule: Schedule) -> None:
    found = rates(warmup=0.1, schedule=schedule, epochs=200)
    falling = found[200:]
    assert falling == sorted(falling, reverse=True)
    assert FLOOR == 0.1
    assert FLOOR < falling[-1] < FLOOR * 1.01
    middle = falling[len(falling) // 2]
    assert middle == pytest.approx((1 + FLOOR) / 2, abs=1e-3)


def test_a_cosine_leaves_the_highest_rate_later_than_a_line() -> None:
    quarter = 5 + 11
    cosine, linear = rates(schedule=Schedule.COSINE), rates(schedule=Schedule.LINEAR)
    assert cosine[quarter] == pytest.approx(0.1 + 0.9 * (1 + math.cos(math.pi * 11 / 45)) / 2)
    assert linear[quarter] == pytest.approx(0.1 + 0.9 * (1 - 11 / 45))
    assert cosine[quarter] > linear[quarter]


def test_a_constant_rate_stays_after_the_warm_up() -> None:
    assert set(rates(schedule=Schedule.CONSTANT)[5:]) == {1.0}


@given(counts, counts, st.integers(1, 5), st.floats(0, 1), st.sampled_from(Schedule))
def test_every_rate_is_above_nothing_and_at_most_the_highest(
    documents: int, batch: int, epochs: int, warmup: float, schedule: Schedule
) -> None:
    found = rates(
        documents=documents, batch_size=batch, epochs=epochs, warmup=warmup, schedule=schedule
    )
    assert all(0 < rate < 1 + 1e-9 for rate in found)
    assert max(found) == pytest.approx(1)


@given(counts, counts, st.integers(1, 4), st.integers(0, 5))
def test_every_document_comes_once_an_epoch(
    documents: int, batch: int, epochs: int, seed: int
) -> None:
    plan = planned(documents, batch_size=batch, epochs=epochs, seed=seed)
    assert plan.steps == epochs * math.ceil(documents / batch)
    for epoch in range(epochs):
        steps = range(epoch * plan.batches, (epoch + 1) * plan.batches)
        batches = [plan.batch_at(step) for step in steps]
        assert sorted(number for found in batches for number in found) == list(range(documents))
        assert all(len(found) == batch for found in batches[:-1])


def order(plan: Course, epoch: int) -> list[int]:
    steps = range(epoch * plan.batches, (epoch + 1) * plan.batches)
    return [number for step in steps for number in plan.batch_at(step)]


def test_every_epoch_has_an_order_of_its_own_and_a_seed_has_always_the_same() -> None:
    plan, again, other = planned(seed=1), planned(seed=1), planned(seed=2)
    orders = [order(plan, epoch) for epoch in range(5)]
    assert len(set(map(tuple, orders))) == 5
    assert [order(again, epoch) for epoch in range(5)] == orders
    assert all(order(other, epoch) != orders[epoch] for epoch in range(5))
    # Seed 1 in epoch 10 is not seed 11 in epoch 0.
    assert order(planned(seed=11), 0) != order(planned(seed=1, epochs=11), 10)


@pytest.mark.parametrize(
    ("given_", "expected"),
    [
        ({}, BASE_RATE),
        # As in 2022: the rate that the base was trained with, multiplied.
        ({"learning_rate_multiplier": 0.1}, BASE_RATE * 0.1),
        ({"learning_rate_multiplier": 1}, BASE_RATE),
        ({"learning_rate": 1e-4}, 1e-4),
        ({"learning_rate": 1e-4, "learning_rate_multiplier": 2}, 2e-4),
        ({"learning_rate": 0}, 0.0),
    ],
)
def test_the_rate_is_the_bases_own_multiplied_or_the_one_given(
    given_: dict[str, Any], expected: float
) -> None:
    assert planned(**given_).rate == pytest.approx(expected)


@pytest.mark.parametrize(
    ("sizes", "batch"),
    [
        ([TOKENS_A_STEP // 8] * 30, 8),
        ([TOKENS_A_STEP] * 3, 1),
        ([3 * TOKENS_A_STEP] * 3, 1),
        ([1, TOKENS_A_STEP - 1] * 4, 2),
    ],
)
def test_a_batch_left_alone_holds_about_so_many_tokens(sizes: list[int], batch: int) -> None:
    assert course(Hyperparameters(), sized(*sizes), BASE_RATE).batch == batch
    assert course(Hyperparameters(batch_size=5), sized(*sizes), BASE_RATE).batch == 5


def test_what_was_chosen_is_told() -> None:
    told = planned(seed=3, patience=2).settings()
    assert told == {
        "epochs": "5",
        "batch size": "4",
        "learning rate": "0.003",
        "schedule": "cosine, 0.1 warm-up",
        "clip": "1",
        "weight decay": "0.1",
        "seed": "3",
    }
