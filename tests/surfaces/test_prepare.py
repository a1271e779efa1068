"""`prepare` on files of dialogue: what is said, asked, written and reported."""

import io
import json
import sys
from pathlib import Path
from typing import Any

import pytest

from dialogues import dialogue
from preparing import Row, jsonl
from scripts import said
from surfaces.command import Command, Result
from xiangsheng.core.rendering import Rendering
from xiangsheng.prepare.render import examples

SCRIPTS = [dialogue(str(n), lines=12) for n in range(8)]
TURNS: list[Row] = [(one.prompt, one.completion) for one in examples(SCRIPTS, Rendering())]
KEYS = {
    *("schema_version", "profile", "rows_in", "rows_out", "output", "outputs", "changes"),
    *("findings", "bad", "tokens", "estimate"),
}


@pytest.fixture
def flawed(command: Command) -> Command:
    """88 rows; line 89 lacks the space and the line end, line 90 is line 1 again."""
    last = (TURNS[0][0].replace("大话0", "大话9"), "谁也没这么说过。")
    command.write("rows.jsonl", jsonl([*TURNS, last, TURNS[0]]))
    return command


def answered(command: Command, answers: str, *arguments: str) -> Result:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "stdin", io.StringIO(answers))
        return command.call("prepare", "rows.jsonl", *arguments)


def rows(path: Path) -> list[Row]:
    objects = map(json.loads, path.read_text(encoding="utf-8").splitlines())
    return [(one["prompt"], one["completion"]) for one in objects]


def report(command: Command, *arguments: str) -> dict[str, Any]:
    result = command.call("prepare", "rows.jsonl", "--json", *arguments)
    assert result.err == ""
    document: dict[str, Any] = json.loads(result.out)
    return document


def finding(document: dict[str, Any], rule: str) -> dict[str, Any]:
    (found,) = (one for one in document["findings"] if one["rule"] == rule)
    assert isinstance(found, dict)
    return found


def test_everything_is_mended_without_a_question(flawed: Command) -> None:
    result = flawed.call("prepare", "rows.jsonl", "-q")
    assert (result.code, result.err) == (0, "")
    assert "rows.jsonl: 90 rows, checked as dialogue" in result.out
    assert "- [optional] 1 row equals an earlier one" in result.out
    assert "    line 90\n" in result.out
    assert "    fix: remove this row" in result.out
    assert "89 completions begin with a space, 1 without" in result.out
    assert "1 completion does not end with a line end" in result.out
    assert "which belongs to the dialogue's format and stays" in result.out
    written = rows(flawed.folder / "rows_prepared.jsonl")
    assert written[:88] == TURNS
    assert written[88:] == [(TURNS[0][0].replace("大话0", "大话9"), " 谁也没这么说过。\n")]
    records = (flawed.folder / "rows_prepared.changes.jsonl").read_text(encoding="utf-8")
    assert [json.loads(line) for line in records.splitlines()] == [
        {
            "line": 90,
            "rules": ["duplicated_rows"],
            "before": {"prompt": TURNS[0][0], "completion": TURNS[0][1]},
            "after": None,
        },
        {
            "line": 89,
            "rules": ["completions_space_start", "common_completion_suffix"],
            "before": {"completion": "谁也没这么说过。"},
            "after": {"completion": " 谁也没这么说过。\n"},
        },
    ]
    again = flawed.call("prepare", "rows_prepared.jsonl", "-q")
    assert "[optional]" not in again.out
    assert "Nothing was written." in again.out


def test_each_fix_is_asked_for(flawed: Command) -> None:
    result = answered(flawed, "n\ny\nn\n\n")
    assert result.code == 0
    assert [question.split("?")[0].strip() for question in result.err.split("[Y/n]:")[:-1]] == [
        "Remove this row",
        "Put the space before the others",
        "Add a line end",
        "Write to a new file",
    ]
    written = rows(flawed.folder / "rows_prepared.jsonl")
    assert written == [*TURNS, (written[88][0], " 谁也没这么说过。"), TURNS[0]]


def test_where_nobody_answers_nothing_is_written(flawed: Command) -> None:
    result = answered(flawed, "y\n")
    assert (result.code, "Nothing was written." in result.out) == (0, True)
    assert [path.name for path in flawed.folder.iterdir()] == ["rows.jsonl"]


def test_the_report_has_the_shape_that_programs_read(flawed: Command) -> None:
    document = report(flawed)
    assert set(document) == KEYS
    assert document["schema_version"] == 1
    assert (document["profile"], document["rows_in"]) == ("dialogue", 90)
    assert (document["rows_out"], document["output"], document["tokens"]) == (None, None, None)
    for found in document["findings"]:
        assert {"rule", "field", "level", "count", "rows", "message", "fix"} <= set(found)
        assert found["level"] in {"info", "optional", "necessary", "fatal"}
    repeated = finding(document, "duplicated_rows")
    assert (repeated["level"], repeated["count"], repeated["rows"]) == ("optional", 1, [90])
    assert repeated["fix"] == "remove this row"
    assert repeated["example"].endswith(f"⟦{TURNS[0][1]}⟧".replace("\n", "\\n"))
    written = report(flawed, "-q", "-o", "new.jsonl")
    assert (written["rows_out"], written["output"]) == (89, "new.jsonl")
    assert written["changes"] == "new.changes.jsonl"


def test_tokens_of_the_model_asked_for(flawed: Command) -> None:
    document = report(flawed, "--tokens", "--model", "local:ada")
    tokens = document["tokens"]
    assert {"model", "counter", "exact", "error", "prompt", "completion", "distinct"} <= set(tokens)
    assert (tokens["model"], tokens["counter"], tokens["exact"]) == ("local:ada", "ladder", True)
    assert tokens["limit"] == 1022
    assert tokens["distinct"] < tokens["prompt"] + tokens["completion"]
    shown = flawed.call("prepare", "rows.jsonl", "--tokens", "--model", "local:ada", "-q")
    assert "- [info] local:ada: " in shown.out
    assert "counted exactly with ladder" in shown.out


def test_prompts_repeat_their_history(flawed: Command) -> None:
    told = finding(report(flawed), "repeated_history")
    assert "the script rendering trains the same lines with" in told["message"]


def test_halves_keep_dialogues_whole(flawed: Command) -> None:
    result = flawed.call("prepare", "rows.jsonl", "-q", "--split", "--seed", "3")
    assert result.code == 0
    train, valid = (
        rows(flawed.folder / f"rows_prepared_{name}.jsonl") for name in ("train", "valid")
    )
    assert len(train) + len(valid) == 89
    assert not {prompt.split("\n")[0] for prompt, _ in train} & {
        prompt.split("\n")[0] for prompt, _ in valid
    }
    check = flawed.call(
        *("prepare", "rows_prepared_train.jsonl", "--valid", "rows_prepared_valid.jsonl"),
        *("--against", "rows_prepared_valid.jsonl", "-q"),
    )
    assert "rows_prepared_valid.jsonl" not in check.out


def test_prompts_in_training_and_validation_are_named_with_both_lines(flawed: Command) -> None:
    flawed.write("held.jsonl", jsonl([("0:您早\n1:", "早\n"), TURNS[3]]))
    both = finding(report(flawed, "--valid", "held.jsonl"), "in_validation")
    assert (both["rows"], both["beside"]) == ([4], ["held.jsonl:2"])
    shown = flawed.call("prepare", "rows.jsonl", "--valid", "held.jsonl", "-q")
    assert "1 prompt is in held.jsonl too\n    line 4 ↔ held.jsonl:2\n" in shown.out


@pytest.mark.parametrize("form", ["folder", "study", "rows"])
def test_leaks_into_a_test_set_are_named(form: str, flawed: Command) -> None:
    line = said(1, words=20)
    flawed.write("rows.jsonl", jsonl([*TURNS, ("0:您说说\n1:", f" {line}\n")]))
    test = f"0:{said(2)}\n1:{line[:30]}\n0:{said(3)}\n1:{said(4)}\n"
    if form == "rows":
        flawed.write("test.jsonl", jsonl([("0:您早\n1:", test.partition(":")[2])]))
    else:
        name = "test/9.txt" if form == "folder" else "study/test/9.txt"
        flawed.write(name, test)
        flawed.write("study/train/1.txt", f"0:{said(8)}\n1:{said(9)}\n0:{said(10)}\n")
    source = {"folder": "test", "study": "study", "rows": "test.jsonl"}[form]
    leak = finding(report(flawed, "--against", source), "leaks")
    assert (leak["rows"], leak["beside"]) == ([89], ["1:3" if form == "rows" else "9:2"])
    assert leak["example"] == line[: len(leak["example"])]


def test_the_spelling_of_2022_checks_as_it_did(flawed: Command) -> None:
    result = flawed.call("tools", "fine_tunes.prepare_data", "-f", "rows.jsonl", "-q")
    assert result.code == 0
    assert "history" not in result.out
    assert "e.g." not in result.out


def test_near_duplicates_are_left_out_where_wanted(command: Command) -> None:
    prompt, answer = f"0:{said(1)}\n1:", f" {said(2)}\n"
    command.write(
        "rows.jsonl", jsonl([*TURNS, (prompt, answer), (prompt, answer.replace("。", "！"))])
    )
    near = finding(report(command), "near_duplicates")
    assert (near["level"], near["rows"], near["beside"]) == ("optional", [90], ["89"])
    assert not [one for one in report(command, "--no-near")["findings"] if "near" in one["rule"]]
    old = finding(report(command, "--profile", "openai-2022"), "near_duplicates")
    assert (old["level"], old["fix"]) == ("info", None)


def test_all_of_it_in_chinese(flawed: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("xiangsheng.cli.language.CHINESE", True)
    result = flawed.call("prepare", "rows.jsonl", "-q", "--tokens", "--model", "local:ada")
    assert "rows.jsonl：90 行，按 dialogue 检查" in result.out
    assert "- [建议] 1 行与前面的行相同（答案前的空格和行末换行不计）" in result.out
    assert "    修改：删去这 1 行" in result.out
    assert "- [提示] local:ada：提示 " in result.out
    assert "提示一再重复历史" in result.out
    assert "写好 rows_prepared.jsonl" in result.out


def test_one_dialogue_is_not_divided(command: Command) -> None:
    command.write("rows.jsonl", jsonl(TURNS[:11]))
    result = command.call("prepare", "rows.jsonl", "-q", "--split")
    assert result.code == 2
    assert "all rows are of one dialogue" in result.err
    assert [path.name for path in command.folder.iterdir()] == ["rows.jsonl"]
