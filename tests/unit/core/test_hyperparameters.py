import math

import pytest

from xiangsheng.core.canonical import digest
from xiangsheng.core.errors import UsageError
from xiangsheng.core.model import Hyperparameters


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("epochs", 0, "epochs is 0, outside 1 to 1000"),
        ("epochs", 1001, "outside 1 to 1000"),
        ("batch_size", 0, "batch_size is 0, outside 1 to 4096"),
        ("learning_rate", -1e-9, "learning_rate is -1e-09, outside 0 to 1"),
        ("learning_rate", 1.1, "outside 0 to 1"),
        ("learning_rate", math.nan, "learning_rate is nan"),
        ("learning_rate_multiplier", 101, "outside 0 to 100"),
        ("prompt_loss_weight", 1.01, "outside 0 to 1"),
        ("warmup", -0.1, "outside 0 to 1"),
        ("clip", math.inf, "clip is inf, outside 0 to 1000"),
        ("weight_decay", 2, "outside 0 to 1"),
        ("patience", 0, "patience is 0, outside 1 to 1000"),
    ],
)
def test_what_is_outside_its_range_is_said_with_the_range(
    name: str, value: float, said: str
) -> None:
    with pytest.raises(UsageError) as caught:
        Hyperparameters(**{name: value})  # type: ignore[arg-type]
    assert said in caught.value.message
    assert caught.value.code == "hyperparameter"
    assert caught.value.hint.startswith(f"give {name} a value from ")


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("epochs", (1, 1000)),
        ("batch_size", (None, 1, 4096)),
        ("learning_rate", (None, 0, 1)),
        ("learning_rate_multiplier", (None, 0, 100)),
        ("prompt_loss_weight", (0, 1)),
        ("warmup", (0, 1)),
        ("clip", (0, 1000)),
        ("weight_decay", (0, 1)),
        ("patience", (None, 1)),
    ],
)
def test_the_ends_of_each_range_may_be_given(name: str, values: tuple[float | None, ...]) -> None:
    for value in values:
        assert getattr(Hyperparameters(**{name: value}), name) == value  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "name",
    ["learning_rate", "learning_rate_multiplier", "prompt_loss_weight", "warmup", "clip", "weight_decay"],
)  # fmt: skip
def test_one_and_one_point_nothing_are_one_setting(name: str) -> None:
    whole, point = Hyperparameters(**{name: 1}), Hyperparameters(**{name: 1.0})  # type: ignore[arg-type]
    assert digest(whole) == digest(point)
