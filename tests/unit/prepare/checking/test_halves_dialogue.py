"""Rows divided so that no dialogue is on both sides."""

import json
from pathlib import Path

import pytest

from dialogues import dialogue
from preparing import Row, jsonl
from xiangsheng.core.errors import UsageError
from xiangsheng.core.rendering import Format, Rendering
from xiangsheng.prepare.checking.halves_dialogue import halved_by_dialogue
from xiangsheng.prepare.render import examples

SCRIPTS = [dialogue(str(n), lines=12) for n in range(20)]


def rendered(rendering: Rendering) -> list[Row]:
    return [(one.prompt, one.completion) for one in examples(SCRIPTS, rendering)]


def halves(rows: list[Row], folder: Path, seed: int = 0) -> tuple[list[Row], list[Row]]:
    folder.mkdir(exist_ok=True)
    file = folder / "rows.jsonl"
    file.write_text(jsonl(rows), encoding="utf-8")
    train, valid = halved_by_dialogue(file, folder, seed, file.name)
    return read(train), read(valid)


def read(file: Path) -> list[Row]:
    rows = map(json.loads, file.read_text(encoding="utf-8").splitlines())
    return [(row["prompt"], row["completion"]) for row in rows]


RENDERINGS = [
    Rendering(),
    Rendering(header=""),
    Rendering(header="", history=3, space=False),
    Rendering(history=2),
    Rendering(header="相声"),  # the same head for all
    Rendering(Format.SCRIPT, header=""),
    Rendering(Format.BLOCK, given=4),
]


@pytest.mark.parametrize("rendering", RENDERINGS)
def test_a_dialogue_stays_on_one_side(rendering: Rendering, tmp_path: Path) -> None:
    rows = rendered(rendering)
    train, valid = halves(rows, tmp_path)
    assert sorted([*train, *valid]) == sorted(rows)
    assert [row for row in rows if row in set(valid)] == valid  # in the file's order
    per_script = len(rows) / len(SCRIPTS)
    assert 3 * per_script <= len(valid) <= 4 * per_script
    ends = [answer.rstrip() for _, answer in train], [answer.rstrip() for _, answer in valid]
    of = [{text.split("去")[0].strip() for text in side} for side in ends]
    assert not of[0] & of[1]


def test_the_seed_draws(tmp_path: Path) -> None:
    rows = rendered(Rendering(header=""))
    first, again, other = (
        halves(rows, tmp_path / name, seed)[1] for name, seed in (("a", 1), ("b", 1), ("c", 2))
    )
    assert first == again != other


def test_the_order_of_dialogues_does_not_decide(tmp_path: Path) -> None:
    rows = rendered(Rendering(Format.SCRIPT))
    one, other = (halves(some, tmp_path / str(n))[1] for n, some in enumerate((rows, rows[::-1])))
    assert sorted(one) == sorted(other)


def test_of_two_dialogues_the_smaller_is_held_out(tmp_path: Path) -> None:
    rows = [row for row in rendered(Rendering()) if "大话1的" in row[0] or "大话2的" in row[0]]
    train, valid = halves(rows[:-3], tmp_path)
    assert (len(train), len(valid)) == (11, 8)


def test_one_dialogue_is_not_divided(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="one dialogue") as error:
        halves(rendered(Rendering())[:11], tmp_path)
    assert error.value.code == "one_dialogue"
