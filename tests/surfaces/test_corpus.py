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


RAW = """\
标题：排队
来源：某某网
郭大宝：您猜我今天排了多久的队？（笑）
（鼓掌）
于小宝：多久？
郭大宝：（掰着手指状）从立春排到谷雨。
于小宝：
于小宝：您这是排队还是种地呢？
转载请注明出处
"""


def test_clean_lists_everything_it_takes_out(command: Command) -> None:
    command.write("raw/1.txt", RAW)
    listed = command.call("corpus", "clean", "raw", "--dry-run")
    assert not (command.folder / "clean").exists()
    rows = [line.split("\t")[:3] for line in listed.out.splitlines()]
    assert rows == [
        ["raw/1.txt:1", "site", "标题：排队"],
        ["raw/1.txt:2", "site", "来源：某某网"],
        ["raw/1.txt:4", "directions", "（鼓掌）"],
        ["raw/1.txt:9", "site", "转载请注明出处"],
        ["raw/1.txt:7", "empty", ""],
        ["1:1", "directions", "（笑）"],
        ["1:3", "directions", "（掰着手指状）"],
        ["1:1", "names", "郭大宝"],
        ["1:2", "names", "于小宝"],
    ]
    assert "1 scripts read, 1 kept. Taken out: site 3, directions 3, empty 1." in listed.err
    assert "Nothing was written." in listed.err
    written = json.loads(command.call("corpus", "clean", "raw", "-o", "clean", "--json").out)
    assert written["counts"] == {"site": 3, "directions": 3, "empty": 1, "names": 2}
    assert [
        [r["where"] or f"{r['script']}:{r['line']}", r["rule"], r["text"]]
        for r in written["removals"]
    ] == rows
    assert all(removal["reason"] for removal in written["removals"])
    assert written["files"] == ["clean/1.txt"]
    text = (command.folder / "clean" / "1.txt").read_text(encoding="utf-8")
    assert text == (
        '+++\nspeakers = ["郭大宝", "于小宝"]\n+++\n0:您猜我今天排了多久的队？\n1:多久？\n'
        "0:从立春排到谷雨。\n1:您这是排队还是种地呢？\n"
    )
    again = command.call("corpus", "clean", "raw", "-o", "clean")
    assert (again.code, "exists already" in again.err) == (2, True)


def test_clean_runs_only_the_rules_that_are_named(command: Command) -> None:
    command.write("1.txt", "甲：您好（笑）您好\n乙：（身体健康）您好（笑）\n甲：嗯。\n")
    for rules, texts in (
        (("--rule", "site"), []),
        (("--rule", "directions"), ["（笑）"]),
        (("--rule", "brackets", "--rule", "empty"), ["（身体健康）", "（笑）"]),
    ):
        result = command.call("corpus", "clean", "1.txt", "--dry-run", "--json", *rules)
        document = json.loads(result.out)
        assert [removal["text"] for removal in document["removals"]] == texts
        assert document["files"] == []


@pytest.mark.real_data
def test_cleaning_the_real_scripts_takes_out_what_was_read_through(command: Command) -> None:
    source = str(c3_folder() / "scripts")
    document = json.loads(command.call("corpus", "clean", source, "-o", "clean", "--json").out)
    assert (document["read"], document["kept"]) == (318, 318)
    assert document["counts"] == {"site": 3, "directions": 772, "names": 76}
    before = json.loads(command.call("corpus", "stats", source, "--json").out)["stats"]
    after = json.loads(command.call("corpus", "stats", "clean", "--json").out)["stats"]
    gone = sum(len(r["text"]) for r in document["removals"] if r["rule"] != "names")
    assert before["characters"] - after["characters"] == gone


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
