"""`corpus import | stats | render`."""

import json

import pytest

from support import c3_folder
from surfaces.command import Command

SCRIPT = "甲：您听说过吗？\n乙：听说什么？\n甲：没听说就对了。\n"


def test_import_writes_one_readable_file_a_script_and_overwrites_nothing(
    command: Command,
) -> None:
    command.write("mine.txt", SCRIPT.encode("gb18030"))
    first = command.call("corpus", "import", "mine.txt", "-o", "scripts")
    assert first.out == "scripts/mine.txt\n"
    text = (command.folder / "scripts" / "mine.txt").read_text(encoding="utf-8")
    assert "甲:您听说过吗？" in text
    again = command.call("corpus", "import", "mine.txt", "-o", "scripts")
    assert again.code == 2
    assert "exists already" in again.err


def test_stats_as_a_table_and_as_json(command: Command) -> None:
    command.write("mine.txt", SCRIPT)
    assert "lines a script" in command.call("corpus", "stats", "mine.txt").out
    stats = json.loads(command.call("corpus", "stats", "mine.txt", "--json").out)["stats"]
    assert (stats["scripts"], stats["lines"], stats["characters"]) == (1, 3, 18)


def test_render_writes_what_the_format_says(command: Command) -> None:
    command.write("mine.txt", SCRIPT)
    result = command.call(
        "corpus", "render", "mine.txt", "-o", "train.jsonl", "--as", "turns", "--set", "space=false"
    )
    assert result.out == "2 examples: train.jsonl\n"
    rows = (command.folder / "train.jsonl").read_text(encoding="utf-8").splitlines()
    assert json.loads(rows[0]) == {"prompt": "0:您听说过吗？\n1:", "completion": "听说什么？\n"}


def test_a_third_name_can_be_mapped(command: Command) -> None:
    command.write("mine.txt", SCRIPT + "老王：我也没听说。\n")
    assert command.call("corpus", "stats", "mine.txt").code == 3
    assert command.call("corpus", "stats", "mine.txt", "--role-map", "老王=乙").code == 0


@pytest.mark.parametrize("name", ["all.csv", "all.tsv", "all.xlsx", "all.json", "all.jsonl"])
def test_export_writes_what_import_gives_back(command: Command, name: str) -> None:
    command.write("scripts/1.txt", '+++\ntitle = "=1"\n+++\n' + SCRIPT)
    command.write("scripts/2.txt", SCRIPT)
    assert command.call("corpus", "export", "scripts", "-o", name).out == f"{name}\n"
    again = command.call("corpus", "export", "scripts", "-o", name)
    assert (again.code, "exists already" in again.err) == (2, True)
    assert command.call("corpus", "export", name, "-o", "back", "--as", "txt-folder").code == 0
    for number in (1, 2):
        there = (command.folder / "back" / f"{number}.txt").read_text(encoding="utf-8")
        assert there.endswith(SCRIPT.replace("：", ":"))
    same = command.call("corpus", "export", name, "-o", "same", "--as", name.partition(".")[2])
    assert same.code == 0
    first, second = ((command.folder / file).read_bytes() for file in (name, "same"))
    assert first == second


TABLE = "编号,谁,什么\n1,甲,您听说过吗？\n1,乙,听说什么？\n2,甲,走。\n2,乙,不走。\n"


def test_a_table_is_imported_with_its_columns_named_by_hand(command: Command) -> None:
    command.write("mine.csv", TABLE)
    refused = command.call("corpus", "import", "mine.csv", "-o", "scripts")
    assert refused.code == 3
    typed = ("--columns", "script=编号", "speaker=谁", "text=什么")
    for words in (("mine.csv", *typed), (*typed, "mine.csv")):
        result = command.call("corpus", "stats", *words, "--json")
        assert json.loads(result.out)["stats"]["lines"] == 4
    result = command.call("corpus", "import", "mine.csv", "-o", "scripts", *typed)
    assert result.out.split() == ["scripts/1.txt", "scripts/2.txt"]
    text = (command.folder / "scripts" / "2.txt").read_text(encoding="utf-8")
    assert text.endswith("甲:走。\n乙:不走。\n")


def test_tables_are_data_of_a_run(command: Command) -> None:
    rows = [f'{{"speaker": "{who}", "text": "{n}，{who}"}}' for n in range(20) for who in "甲乙"]
    for part in ("train", "test"):
        command.write(f"data/{part}/{part}.jsonl", "\n".join(rows))
    result = command.call("run", "exp1", "--data", "data", "-m", "fake:echo", "--json")
    assert (result.code, json.loads(result.out)["tasks"].keys()) == (0, {"next-line", "last-ten"})


def test_what_a_file_calls_its_columns_cannot_command_the_terminal(command: Command) -> None:
    command.write("mine.csv", "speaker,text,\x1b[2J\n甲,一,\n乙,二,\n")
    result = command.call("corpus", "stats", "mine.csv")
    assert result.code == 0
    assert "nothing reads: \\x1b[2J" in result.err


@pytest.mark.real_data
def test_the_real_scripts_are_all_read(command: Command) -> None:
    result = command.call("corpus", "stats", str(c3_folder() / "scripts"), "--json")
    stats = json.loads(result.out)["stats"]
    assert (stats["scripts"], stats["lines"]) == (318, 35_219)
