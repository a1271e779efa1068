from dataclasses import fields
from pathlib import Path
from typing import get_type_hints

import pytest

from support import ROOT
from xiangsheng.core.canonical import canonical_json
from xiangsheng.core.errors import UsageError
from xiangsheng.core.generation import Sampling
from xiangsheng.core.model import Hyperparameters, Precision, Schedule
from xiangsheng.verbs.recipe import SHIPPED, Recipe, TuningPart, load_recipe


def shipped(name: str) -> str:
    path = ROOT / "src" / "xiangsheng" / "verbs" / "recipes" / f"{name}.toml"
    return path.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", SHIPPED)
def test_shipped_recipes_are_the_study_of_2022(name: str) -> None:
    recipe = load_recipe(name)
    assert recipe.name == name
    assert recipe.tune is (name == "exp2")
    asked = {task: (part.given, part.asked) for task, part in recipe.tasks.items()}
    assert asked == {"next-line": (19, 1), "last-ten": (10, 10), "real-lines": (1, 19)}
    for task in ("next-line", "last-ten"):
        part = recipe.tasks[task]
        assert (part.sampling.temperature, part.sampling.max_tokens) == (0.5, 384)
        assert part.sampling.frequency_penalty == 0.5


def test_the_two_differ_only_in_tuning() -> None:
    def settings(name: str) -> set[str]:
        lines = shipped(name).replace(name, "expN").splitlines()
        return {line for line in lines if line and not line.startswith("#")}

    assert settings("exp1") ^ settings("exp2") == {
        "tune = false",
        "tune = true",
        "[tuning]",
        "epochs = 4",
    }


def test_a_task_has_the_common_sampling_unless_it_says_otherwise() -> None:
    recipe = load_recipe(
        "exp1",
        ["seed=7", "sampling.top_p=0.9", "tasks.last-ten.sampling.seed=8"],
    )
    next_line, last_ten = recipe.tasks["next-line"].sampling, recipe.tasks["last-ten"].sampling
    assert (next_line.top_p, last_ten.top_p) == (0.9, 0.9)
    assert (next_line.seed, last_ten.seed) == (7, 8)
    assert (next_line.stop, last_ten.stop) == ((), ())
    assert recipe.rendering.stop == ("\n",)


def test_real_lines_are_read_the_same_way_whatever_is_set() -> None:
    settings = ["seed=7", "sampling.n=3", "tasks.real-lines.sampling.max_tokens=9"]
    assert load_recipe("exp1", settings).tasks["real-lines"].sampling == Sampling(
        max_tokens=0, echo=True, logprobs=0
    )


def test_tuning_takes_every_hyperparameter_and_a_suffix() -> None:
    settings = {
        "epochs": 2,
        "batch_size": 16,
        "learning_rate": 0.001,
        "learning_rate_multiplier": 2,
        "prompt_loss_weight": 0.5,
        "warmup": 0.2,
        "schedule": "linear",
        "clip": 0,
        "weight_decay": 0.01,
        "patience": 3,
        "precision": "fp32",
        "seed": 7,
        "suffix": "mine",
    }
    assert list(settings) == [field.name for field in fields(TuningPart)]
    recipe = load_recipe("exp2", [f"tuning.{key}={value}" for key, value in settings.items()])
    assert recipe.tuning.suffix == "mine"
    wanted = {"schedule": Schedule.LINEAR, "precision": Precision.FP32, "suffix": None}
    for key, value in (settings | wanted).items():
        assert getattr(recipe.tuning.hyper, key, None) == value


def test_one_and_one_point_nothing_are_one_tuning() -> None:
    for key in ("learning_rate", "clip", "prompt_loss_weight"):
        whole, point = (load_recipe("exp2", [f"tuning.{key}={value}"]) for value in ("1", "1.0"))
        assert canonical_json(whole.tuning.hyper) == canonical_json(point.tuning.hyper)


def test_left_alone_tuning_and_base_are_as_usual() -> None:
    recipe = load_recipe("exp1")
    assert recipe.tuning.hyper == Hyperparameters()
    assert (recipe.base.epochs, recipe.base.seed) == (None, 0)


def test_a_hyperparameter_out_of_its_range_is_said_as_such() -> None:
    with pytest.raises(UsageError, match="warmup is 2, outside 0 to 1") as caught:
        load_recipe("exp2", ["tuning.warmup=2"])
    assert caught.value.code == "hyperparameter"


def test_a_file_by_path(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(shipped("exp1").replace('"exp1"', '"mine"'), encoding="utf-8")
    assert load_recipe(str(path), given={"model": "ngram:3"}).model == "ngram:3"
    assert load_recipe(str(path)).name == "mine"


@pytest.mark.parametrize(
    "setting",
    [
        "nonsense",
        "=1",
        "tasks=1",
        "name.x=1",
        "rendering.heder=1",
        "tasks.next-line.gvien=3",
        "tasks.third={given=1, asked=1}",
        "sampling.temperature=nan",
        "sampling.n=1.5",
        "tune=maybe",
        "data=1",
        "tasks.next-line=3",
        "tasks.next-line.given=0",
        "tasks.next-line.asked=5",
        "tasks.last-ten.asked=0",
        "tasks.real-lines.asked=0",
        "tasks.last-ten.given=-3",
        "sampling.n=true",
        "sampling.temperature=true",
        "seed=2026-01-01",
        "tuning.epochs=1.5",
        "tuning.epochs=true",
        "tuning.schedule=zigzag",
        "tuning.precision=fp8",
        "tuning.learning_rate=fast",
        "tuning.epochs_=1",
        "base.epochs=2.5",
        "base.epochs=0",
        "base.rate=1",
        "base=1",
    ],
)
def test_what_cannot_be_is_refused(setting: str) -> None:
    with pytest.raises(UsageError) as caught:
        load_recipe("exp1", [setting])
    assert caught.value.hint or caught.value.where


def test_the_page_shows_the_recipe_and_every_key() -> None:
    page = (ROOT / "docs" / "reference" / "recipe.md").read_text(encoding="utf-8")
    assert shipped("exp2") in page
    for field in (*fields(Recipe), *fields(Sampling), *fields(Hyperparameters)):
        assert f"`{field.name}" in page
    for key in ("data", "base"):
        for field in fields(get_type_hints(Recipe)[key]):
            assert f"`{key}.{field.name}`" in page
