"""Tables to scripts: rows grouped, ordered, told apart; what contradicts itself is refused."""

from pathlib import Path
from typing import Any

import pytest

from xiangsheng.core.errors import DataError
from xiangsheng.core.script import Line, Role, Script, Speaker
from xiangsheng.corpus.reading import Reading, read

TWO = '''\
剧本,标题,说话人,台词,来源
1,大话,甲,"您好，""您""",a
1,,乙,您好。,
2,说话,乙,来了？,b
,,甲,来了。,
'''


def one(folder: Path, text: str, name: str = "段子.csv", **options: Any) -> Reading:
    path = folder / name
    path.write_bytes(text.encode())
    return read(path, **options)


def refusal(folder: Path, text: str, **options: Any) -> DataError:
    with pytest.raises(DataError) as refused:
        one(folder, text, **options)
    assert refused.value.hint
    return refused.value


def test_a_row_is_a_line_and_what_is_said_once_holds_below(tmp_path: Path) -> None:
    reading = one(tmp_path, TWO)
    first, second = reading.scripts
    assert (first.id, first.title, first.provenance.source) == ("1", "大话", "a")
    assert first.lines == (Line("0", '您好，"您"'), Line("1", "您好。"))
    assert first.speakers == (Speaker("0", "甲"), Speaker("1", "乙"))
    assert (second.id, second.speakers[0].name, len(second.lines)) == ("2", "乙", 2)
    assert reading.warnings == ()


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_encodings_and_separators_are_recognised(
    tmp_path: Path, encoding: str, separator: str
) -> None:
    path = tmp_path / "段子.csv"
    path.write_bytes(TWO.replace(",", separator).encode(encoding))
    assert read(path).scripts == one(tmp_path, TWO, "other.csv").scripts


@pytest.mark.parametrize("name", ["段子.tsv", "段子.txt", "段子.TSV"])
def test_tables_are_known_by_suffix_or_by_header(tmp_path: Path, name: str) -> None:
    expected = one(tmp_path, TWO).scripts
    assert one(tmp_path, TWO.replace(",", "\t"), name).scripts == expected


def test_without_ids_the_title_or_the_file_tells_scripts_apart(tmp_path: Path) -> None:
    titled = one(tmp_path, "title,speaker,text\n一,甲,好\n,乙,好\n二,甲,好\n二,乙,好\n").scripts
    assert [(script.id, script.title) for script in titled] == [("段子-1", "一"), ("段子-2", "二")]
    (alone,) = one(tmp_path, "speaker,text\n甲,好\n\n乙,好\n").scripts
    assert (alone.id, alone.title, len(alone.lines)) == ("段子", "", 2)


def test_an_order_column_puts_lines_in_order(tmp_path: Path) -> None:
    text = "script,no,speaker,text\na,10,甲,四\nb,1,甲,一\na,2,乙,二\na,1,甲,一\nb,2,乙,二\na,3.5,乙,三\n"
    first, second = one(tmp_path, text).scripts
    assert [line.text for line in first.lines] == ["一", "二", "三", "四"]
    assert [line.text for line in second.lines] == ["一", "二"]


def test_names_and_roles_belong_to_the_rows_speaker(tmp_path: Path) -> None:
    text = "label,name,role,text\n1,大宝,捧哏,来了？\n0,小宝,Dougen,来了。\n1,,,坐。\n"
    (script,) = one(tmp_path, text).scripts
    assert script.speakers == (Speaker("0", "大宝", Role.PENGEN), Speaker("1", "小宝", Role.DOUGEN))


def test_layout_around_a_cell_is_no_text(tmp_path: Path) -> None:
    (script,) = one(tmp_path, "speaker,text\n 甲： ,\u3000您好 \n乙,\u2028'=好\x85\n").scripts
    assert script.lines == (Line("0", "您好"), Line("1", "\u2028'=好\x85"))
    assert script.speakers[0].name == "甲"


def test_labels_can_be_renamed_and_lines_joined(tmp_path: Path) -> None:
    text = "speaker,text\n甲,一\n老王,二\n乙,三\n"
    assert "--role-map" in refusal(tmp_path, text).hint
    (script,) = one(tmp_path, text, role_map={"老王": "甲"}, join_same_speaker=True).scripts
    assert script.lines == (Line("0", "一二"), Line("1", "三"))


def test_columns_can_be_named_by_hand(tmp_path: Path) -> None:
    text = "编,谁,啥\n1,甲,一\n1,乙,二\n"
    assert refusal(tmp_path, text).code == "no_columns"
    (script,) = one(tmp_path, text, columns={"script": "编", "speaker": "谁", "text": "啥"}).scripts
    assert (script.id, len(script.lines)) == ("1", 2)


def test_a_column_that_nothing_reads_and_an_empty_line_are_said(tmp_path: Path) -> None:
    warnings = one(tmp_path, "speaker,text,备注\n甲,一,x\n乙,,\n乙,二,\n").warnings
    assert [(n.code, n.where.rpartition(":")[2]) for n in warnings] == [
        ("unknown_key", "1"),
        ("empty_line", "3"),
    ]
    assert "备注" in warnings[0].message


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("speaker,text\n甲,好，好,\n乙,一,二\n", 3, "3 cells, and the first row has 2: 二"),
        ("script,speaker,text\n,甲,好\n", 2, "a line of no script"),
        ("script,speaker,text\na,甲,一\nb,甲,一\na,乙,二\n", 4, "rows of a stand apart"),
        ("speaker,text\n甲,一\n,二\n", 3, "a line without a speaker: 二"),
        ("title,speaker,text,script\na,甲,一,1\nb,乙,二,1\n", 3, "the title is a, and here b"),
        ("speaker,name,text\n甲,大,一\n乙,小,二\n甲,中,三\n", 4, "甲 is 大, and here 中"),
        ("speaker,role,text\n甲,逗,一\n乙,捧,二\n甲,捧,三\n", 4, "甲 is dougen, and here pengen"),
        ("speaker,role,text\n甲,老师,一\n", 2, "no role: 老师"),
        ("order,speaker,text\n1,甲,一\n1,乙,二\n", 3, "the order '1' is twice in its script"),
        ("order,speaker,text\n一,甲,一\n", 2, "the order '一' is no number"),
        ("order,speaker,text\nnan,甲,一\n", 2, "the order 'nan' is no number"),
        ('speaker,text\n甲,"一\n二"\n乙,三\n', 2, "a line of the script holds a line break"),
        ('speaker,text\n甲,"一\n', 2, "not a row of a table"),
    ],
)
def test_what_is_wrong_is_named_with_its_row(
    tmp_path: Path, text: str, line: int, message: str
) -> None:
    error = refusal(tmp_path, text)
    assert message in error.message
    assert error.where == f"{tmp_path / '段子.csv'}:{line}"


@pytest.mark.parametrize("text", ["", "\n\n", "speaker,text\n", ",,\n,,\n"])
def test_a_table_without_rows_holds_no_script(tmp_path: Path, text: str) -> None:
    assert refusal(tmp_path, text).code == "no_script"


def test_a_folder_of_tables_is_read_but_not_beside_texts(tmp_path: Path) -> None:
    for name in ("b.csv", "a.tsv"):
        one(tmp_path, "speaker\ttext\n甲\t一\n乙\t二\n", name)
    (tmp_path / "c.json").write_text(
        '{"lines": [{"speaker": "甲", "text": "一"}, {"speaker": "乙", "text": "二"}]}'
    )
    scripts: tuple[Script, ...] = read(tmp_path).scripts
    assert [script.id for script in scripts] == ["a", "b", "c"]
    one(tmp_path, "甲：一\n乙：二\n", "d.txt")
    reading = read(tmp_path)
    assert [script.id for script in reading.scripts] == ["d"]
    assert {n.code for n in reading.warnings} == {"passed_over"}
    assert [Path(n.where).name for n in reading.warnings] == ["a.tsv", "b.csv", "c.json"]
