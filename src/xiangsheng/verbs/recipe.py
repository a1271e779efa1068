"""Recipes: an experiment as a TOML file, with `--set` on top; unknown keys are errors."""

import json
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, is_dataclass, replace
from difflib import get_close_matches
from importlib.resources import files
from pathlib import Path
from typing import Any, TypeVar, get_args, get_type_hints

from xiangsheng.core.errors import UsageError
from xiangsheng.core.generation import Sampling
from xiangsheng.core.model import Hyperparameters
from xiangsheng.core.rendering import Rendering
from xiangsheng.core.run import REAL_LINES, BaseSettings

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class DataPart:
    """Where the scripts are, from the current folder; `train`, `test` and `valid` from `root`.

    `valid` scripts are held out of tuning, and measured after each epoch.
    """

    root: str = ""
    train: str = ""
    test: str = ""
    valid: str = ""


@dataclass(frozen=True, slots=True)
class TuningPart(Hyperparameters):
    suffix: str = ""

    @property
    def hyper(self) -> Hyperparameters:
        return Hyperparameters(**{f.name: getattr(self, f.name) for f in fields(Hyperparameters)})


@dataclass(frozen=True, slots=True)
class TaskPart:
    """`given` lines are shown and `asked` asked for, or read by `real-lines`, each at least one.

    `real-lines` is always sampled with `READING`, whatever the recipe says.
    """

    given: int
    asked: int
    sampling: Sampling = Sampling()

    def __post_init__(self) -> None:
        if self.given < 1 or self.asked < 1:
            raise UsageError(
                f"a task gives {self.given} lines and asks for {self.asked}",
                hint="make given and asked at least 1",
                code="recipe_value",
            )


@dataclass(frozen=True, slots=True)
class Recipe:
    """`seed` and `sampling` hold for every task that does not say otherwise."""

    name: str
    model: str
    tune: bool
    tasks: Mapping[str, TaskPart]
    seed: int = 0
    replicate: int = 0
    data: DataPart = DataPart()
    rendering: Rendering = Rendering()
    base: BaseSettings = field(default_factory=BaseSettings)
    tuning: TuningPart = TuningPart()
    sampling: Sampling = field(default_factory=Sampling)


SHIPPED = ("exp1", "exp2")
TASKS = ("next-line", "last-ten", REAL_LINES)
READING = Sampling(max_tokens=0, echo=True, logprobs=0)
"""Nothing is drawn: the prompt comes back with the log-probability of each of its tokens."""


def load_recipe(
    name: str, settings: Sequence[str] = (), given: Mapping[str, str] | None = None
) -> Recipe:
    """A shipped recipe by name or a `.toml` file by path, with `key.path=value` settings applied,
    and then what is not empty of `given`, strings by key path.

    Raises UsageError naming the file, the key and the nearest known key.
    """
    path, text = _text(name)
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise UsageError(
            f"is not TOML: {error}", where=path, hint="mend the line named", code="recipe"
        ) from error
    for setting in settings:
        _set(table, *_parsed(setting))
    for key, value in (given or {}).items():
        if value:
            _set(table, key, value)
    _refuse_unknown_keys(table, Recipe, path)
    for task in filter(None, map(_tables, _tables(table.get("tasks")).values())):
        seed = {"seed": table["seed"]} if "seed" in table else {}
        task["sampling"] = {**seed, **_tables(table, "sampling"), **_tables(task, "sampling")}
    return _build(table, path)


def settings_of(kind: type[T], table: Mapping[str, Any], settings: Sequence[str]) -> T:
    """A `kind` of dataclass from a table and `key=value` settings; UsageError as for a recipe."""
    merged = dict(table)
    for setting in settings:
        _set(merged, *_parsed(setting))
    _refuse_unknown_keys(merged, kind, "--set")
    return _validated(kind, merged, "--set")


def _text(name: str) -> tuple[str, str]:
    if name in SHIPPED:
        source = files("xiangsheng.verbs").joinpath("recipes", f"{name}.toml")
        return f"{name}.toml", source.read_text(encoding="utf-8")
    path = Path(name)
    if path.suffix != ".toml" or not path.is_file():
        near = get_close_matches(name, SHIPPED, 1)
        raise UsageError(
            f"there is no recipe {name!r}",
            hint=f"did you mean {near[0]}?" if near else "give exp1, exp2 or a .toml file",
            code="unknown_recipe",
        )
    try:
        return name, path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"cannot be read: {error}", where=name, code="recipe") from error


def _parsed(setting: str) -> tuple[str, Any]:
    key, equals, value = setting.partition("=")
    if not equals or not key:
        raise UsageError(
            f"--set {setting!r} is not key=value",
            hint="for example: --set sampling.temperature=0.7",
            code="recipe",
        )
    try:
        return key, tomllib.loads(f"value = {value}")["value"]
    except tomllib.TOMLDecodeError:
        return key, value  # a bare word is a string


def _set(table: dict[str, Any], key: str, value: object) -> None:
    *outer, last = key.split(".")
    for part in outer:
        table = table.setdefault(part, {})
        if not isinstance(table, dict):
            raise UsageError(
                f"--set {key}: {part} is a value, and holds no keys",
                hint="see the recipe's keys in docs/reference/recipe.md",
                code="recipe",
            )
    table[last] = value


def _tables(value: Any, key: str | None = None) -> dict[str, Any]:
    if key is not None:
        value = value.get(key) if isinstance(value, dict) else None
    return value if isinstance(value, dict) else {}


def _refuse_unknown_keys(table: Mapping[str, Any], kind: type, where: str, at: str = "") -> None:
    hints = get_type_hints(kind)
    known = [item.name for item in fields(kind)]
    for key, value in table.items():
        if key not in known:
            near = get_close_matches(key, known, 1)
            raise UsageError(
                f"unknown key {at}{key}",
                where=where,
                hint=f"did you mean {at}{near[0]}?" if near else f"known here: {', '.join(known)}",
                code="unknown_recipe_key",
            )
        inner = hints[key]
        if is_dataclass(inner) and isinstance(inner, type) and isinstance(value, dict):
            _refuse_unknown_keys(value, inner, where, f"{at}{key}.")
        elif TaskPart in get_args(inner):
            for name, part in _tables(value).items():
                _refuse_unknown_keys(_tables(part), TaskPart, where, f"{at}{key}.{name}.")


def _build(table: dict[str, Any], where: str) -> Recipe:
    recipe = _validated(Recipe, table, where)
    unknown = set(recipe.tasks) - set(TASKS)
    if unknown or not recipe.tasks:
        raise UsageError(
            f"unknown task {', '.join(sorted(unknown)) or '(none)'}",
            where=where,
            hint=f"the tasks are {', '.join(TASKS)}",
            code="unknown_task",
        )
    if "next-line" in recipe.tasks and recipe.tasks["next-line"].asked != 1:
        raise UsageError(
            f"next-line asks for {recipe.tasks['next-line'].asked} lines",
            where=where,
            hint="next-line asks for one; last-ten asks for several",
            code="recipe_value",
        )
    tasks = {
        name: replace(part, sampling=READING) if name == REAL_LINES else part
        for name, part in recipe.tasks.items()
    }
    return replace(recipe, tasks=tasks)


def _validated(kind: type[T], table: Mapping[str, Any], where: str) -> T:
    from pydantic import TypeAdapter, ValidationError

    try:
        # Strictly, so that true is no 1 and "1" no number; as JSON, for tuples and nested parts.
        return TypeAdapter(kind).validate_json(json.dumps(table, default=str), strict=True)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise UsageError(
            f"{place}: {first['msg']} (given: {first['input']!r})",
            where=where,
            hint="mend this key in the recipe or its --set",
            code="recipe_value",
        ) from error
