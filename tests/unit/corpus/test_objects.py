"""JSON and JSON lines: whole scripts, chats, one line an object; wrong shapes have their place."""

import json
from pathlib import Path
from typing import Any

import pytest

from xiangsheng.core.errors import DataError
from xiangsheng.core.script import Line, Role, Speaker
from xiangsheng.corpus.reading import Reading, read

LINES: list[dict[str, Any]] = [
    {"speaker": "乙", "text": "来了？"},
    {"speaker": "甲", "text": "来了。"},
]
CHAT: list[dict[str, Any]] = [
    {"role": "system", "content": "对口相声"},
    {"role": "user", "content": "来了？\n坐。\n\n"},
    {"role": "assistant", "content": "来了。", "weight": 0},
]


def one(folder: Path, value: Any, name: str = "段子.json", **options: Any) -> Reading:
    path = folder / name
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    path.write_text(text, encoding="utf-8")
    return read(path, **options)


def refusal(folder: Path, value: Any, **options: Any) -> DataError:
    with pytest.raises(DataError) as refused:
        one(folder, value, **options)
    assert refused.value.hint
    return refused.value


def test_an_object_holds_a_whole_script(tmp_path: Path) -> None:
    whole = {
        "编号": 7,
        "标题": "大话",
        "type": "对口",
        "summary": None,
        "url": "a",
        "licence": "CC0",
        "lines": LINES,
    }
    reading = one(tmp_path, whole)
    (script,) = reading.scripts
    assert (script.id, script.title, script.genre, script.summary) == ("7", "大话", "对口", "")
    assert (script.provenance.source, script.provenance.licence) == ("a", "CC0")
    assert script.lines == (Line("0", "来了？"), Line("1", "来了。"))
    assert script.speakers == (Speaker("0", "乙"), Speaker("1", "甲"))
    assert reading.warnings == ()


def test_a_list_and_json_lines_are_the_same(tmp_path: Path) -> None:
    scripts = [{"title": "一", "lines": LINES}, {"title": "二", "台词": LINES}]
    listed = one(tmp_path, scripts).scripts
    lines = "\n\n".join(json.dumps(script, ensure_ascii=False) for script in scripts)
    assert [(script.id, script.title) for script in listed] == [("段子-1", "一"), ("段子-2", "二")]
    for name in ("段子.jsonl", "段子.json", "段子.ndjson", "段子.txt"):
        assert one(tmp_path, lines, name).scripts == listed


@pytest.mark.parametrize(
    "speakers",
    [
        ["大", "小"],
        {"0": "大", "1": "小"},
        [{"label": 0, "name": "大"}, {"label": 1, "name": "小"}],
    ],
)
def test_names_are_given_by_label(tmp_path: Path, speakers: Any) -> None:
    lines = [{"speaker": 1, "text": "一"}, {"speaker": 0, "text": "二"}]
    (script,) = one(tmp_path, {"speakers": speakers, "lines": lines}).scripts
    assert script.speakers == (Speaker("0", "小"), Speaker("1", "大"))


def test_roles_are_given_by_label(tmp_path: Path) -> None:
    speakers = [{"label": "甲", "role": "逗哏"}, {"label": "乙", "role": "pengen", "name": "小"}]
    (script,) = one(tmp_path, {"speakers": speakers, "lines": LINES}).scripts
    assert [speaker.role for speaker in script.speakers] == [Role.PENGEN, Role.DOUGEN]
    assert script.speakers[0].name == "小"


def test_a_chat_is_a_dialogue_without_its_instructions(tmp_path: Path) -> None:
    reading = one(tmp_path, [{"messages": CHAT}, {"messages": CHAT}])
    first, _ = reading.scripts
    assert first.lines == (Line("0", "来了？"), Line("0", "坐。"), Line("1", "来了。"))
    assert first.speakers == (Speaker("0"), Speaker("1"))
    assert [notice.code for notice in reading.warnings] == ["instructions"]


def test_other_chats_and_named_parties_are_read(tmp_path: Path) -> None:
    shared = [{"from": "human", "value": "一"}, {"from": "gpt", "value": "二"}]
    (script,) = one(tmp_path, {"conversations": shared}).scripts
    assert script.lines == (Line("0", "一"), Line("1", "二"))
    named = [{**message, "name": name} for message, name in zip(CHAT[1:], "大小", strict=True)]
    (script,) = one(tmp_path, {"messages": named}).scripts
    assert [speaker.name for speaker in script.speakers] == ["大", "小"]


def test_an_object_can_hold_one_line(tmp_path: Path) -> None:
    rows = [{"剧本": 1, **line} for line in LINES] + [{"剧本": 2, "序号": 1, **LINES[1]}]
    text = "\n".join(json.dumps(row) for row in rows[:2])
    (script,) = one(tmp_path, text, "a.jsonl").scripts
    assert (script.id, len(script.lines)) == ("1", 2)
    error = refusal(tmp_path, rows)
    assert error.message == "the order '' is no number"


def test_keys_can_be_named_by_hand_on_both_levels(tmp_path: Path) -> None:
    whole = {"nr": "a", "lines": [{"w": "甲", "t": "一"}, {"w": "乙", "t": "二"}]}
    columns = {"script": "nr", "speaker": "w", "text": "t"}
    (script,) = one(tmp_path, whole, columns=columns).scripts
    assert (script.id, len(script.lines)) == ("a", 2)


def test_what_nothing_reads_is_said_once(tmp_path: Path) -> None:
    scripts = [{"id": n, "标签": ["a"], "lines": LINES} for n in (1, 2)]
    (notice,) = one(tmp_path, scripts).warnings
    assert (notice.code, "'标签'" in notice.message) == ("unknown_key", True)


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("[1]", "this is a number: 1"),
        ('["甲：一"]', "this is text"),
        ('{"lines": [["甲", "一"]]}', "lines[0] is a list"),
        ('{"lines": [{"speaker": "甲"}]}', "lines[0] has no speaker or no text, but speaker"),
        (
            '{"lines": [{"speaker": "甲", "text": 1.5}]}',
            "lines[0].text must be text, this is a number",
        ),
        (
            '{"lines": [{"speaker": "甲", "text": ["一"]}]}',
            "lines[0].text must be text, this is a list",
        ),
        (
            '{"lines": [{"speaker": true, "text": "一"}]}',
            "lines[0].speaker must be text, this is true",
        ),
        ('{"lines": [{"speaker": " ", "text": "一"}]}', "lines[0] has an empty speaker: 一"),
        ('{"title": {}, "lines": []}', "title must be text, this is an object"),
        ('{"speakers": "甲", "lines": []}', "speakers is text"),
        ('{"speakers": [{"label": "0", "role": "老师"}], "lines": []}', "no role: 老师"),
        ('{"lines": [{"speaker": "甲", "text": "一\\u0000"}]}', "holds a NUL or half a character"),
        ('{"lines": [{"speaker": "甲", "text": "一\\n二"}]}', "holds a line break"),
        ('{"id": "a\\n", "lines": []}', "the id holds a line break"),
        ('{"lines": []}', "nobody speaks"),
        ('{"speaker": "甲", "text": ["一"]}', "the text must be text, this is a list or an object"),
        ('{"a": "甲", "b": "一"}', "its columns are: a, b"),
        ('{"lines": "甲：一"}', "its columns are: lines"),
        ('{"prompt": "", "completion": ""}', "its columns are: prompt, completion"),
    ],
)
def test_wrong_shapes_are_named(tmp_path: Path, value: str, message: str) -> None:
    error = refusal(tmp_path, value)
    assert message in error.message
    assert str(tmp_path / "段子.json") in error.where


def test_scripts_and_lines_in_one_file_are_refused_at_their_line(tmp_path: Path) -> None:
    text = json.dumps({"lines": LINES}) + '\n\n{"speaker": "甲", "text": "一"}'
    error = refusal(tmp_path, text)
    assert "holds no list of lines" in error.message
    assert error.where.endswith(":3")
