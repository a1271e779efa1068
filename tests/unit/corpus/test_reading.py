"""Files, folders and zips to scripts: formats recognised, ids given, errors placed."""

import zipfile
from pathlib import Path

import pytest

from xiangsheng.core.errors import DataError
from xiangsheng.core.script import Line, Role, Speaker
from xiangsheng.corpus.reading import CorpusFormat, Reading, detect, read

LABELLED = "甲：您吃了吗？\n乙: 吃了。\n甲：吃的什么？\n"


def put(folder: Path, **files: str | bytes) -> Path:
    """Files by stem; the text after a last `__` in the keyword is the ending."""
    for key, content in files.items():
        stem, _, ending = key.rpartition("__")
        data = content.encode() if isinstance(content, str) else content
        (folder / f"{stem.removeprefix('n')}.{ending}").write_bytes(data)
    return folder


def one(path: Path, content: str | bytes, **options: object) -> Reading:
    path = path / "段子.txt"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return read(path, **options)  # type: ignore[arg-type]


def refusal(path: Path, content: str | bytes, **options: object) -> DataError:
    with pytest.raises(DataError) as refused:
        one(path, content, **options)
    return refused.value


def test_labels_become_0_and_1_in_the_order_of_speaking(tmp_path: Path) -> None:
    (script,) = one(tmp_path, "乙：来了？\n\n甲 : 来了。\r\n乙：坐。\n").scripts
    assert script.id == "段子"
    assert script.lines == (Line("0", "来了？"), Line("1", "来了。"), Line("0", "坐。"))
    assert script.speakers == (Speaker("0", "乙"), Speaker("1", "甲"))


@pytest.mark.parametrize(
    "text", ["0:甲\n1:乙\n0:丙", "A：甲\nB：乙\nA：丙", "郭大宝:甲\n于小宝:乙\n郭大宝:丙"]
)
def test_digits_letters_and_names_are_labels(tmp_path: Path, text: str) -> None:
    (script,) = one(tmp_path, text).scripts
    assert script.lines == (Line("0", "甲"), Line("1", "乙"), Line("0", "丙"))


def test_digits_are_no_names(tmp_path: Path) -> None:
    (script,) = one(tmp_path, "1:甲\n0:乙\n").scripts
    assert script.speakers == (Speaker("0"), Speaker("1"))
    assert script.lines == (Line("0", "甲"), Line("1", "乙"))


def test_a_role_is_known_only_where_the_source_states_it(tmp_path: Path) -> None:
    (stated,) = one(tmp_path, "捧哏：来了？\n逗：来了。\n").scripts
    assert [speaker.role for speaker in stated.speakers] == [Role.PENGEN, Role.DOUGEN]
    (unstated,) = one(tmp_path, LABELLED).scripts
    assert [speaker.role for speaker in unstated.speakers] == [Role.OTHER, Role.OTHER]


def test_front_matter_gives_everything_else(tmp_path: Path) -> None:
    front = (
        '+++\ntitle = "说\\"大\\"话"\ngenre = "对口相声"\nsummary = "两人比大话"\n'
        'dougen = "甲"\npenggen = "乙"\nlicence = "CC0"\nsource = "自编"\ndevice = "倒口"\n+++\n\n'
    )
    reading = one(tmp_path, front + "乙：来了？\n甲：来了。\n")
    (script,) = reading.scripts
    assert (script.title, script.genre, script.summary) == ('说"大"话', "对口相声", "两人比大话")
    assert (script.provenance.source, script.provenance.licence) == ("自编", "CC0")
    assert script.speakers == (
        Speaker("0", "乙", Role.PENGEN),
        Speaker("1", "甲", Role.DOUGEN),
    )
    assert reading.warnings == ()


@pytest.mark.parametrize(
    ("front", "where", "message"),
    [
        ('+++\ntitle = "a\n+++\n', ":2:", "not TOML"),
        ('+++\ntitle = "a"\n甲：一\n', ":1", "not closed"),
        ("+++\ntitle = 3\n+++\n", ":1", "title in the front matter must be text"),
        ('+++\nspeakers = ["甲"]\n+++\n', ":1", "a list of two names"),
        ('+++\ndougen = "丙"\n+++\n', ":1", "dougen is 丙, which is no label"),
        ('+++\ndougen = "甲"\npenggen = "甲"\n+++\n', ":1", "already dougen"),
        ('+++\ntitle = "a\\nb"\n+++\n', ".txt", "the title holds a line break"),
    ],
)
def test_bad_front_matter_is_placed(tmp_path: Path, front: str, where: str, message: str) -> None:
    error = refusal(tmp_path, front + LABELLED)
    assert message in error.message
    assert where in error.where


def test_an_unknown_key_is_a_notice(tmp_path: Path) -> None:
    (notice,) = one(tmp_path, '+++\ntitel = "a"\n+++\n' + LABELLED).warnings
    assert (notice.code, "titel" in notice.message) == ("unknown_key", True)


def test_plain_blocks_alternate_and_a_colon_in_a_line_is_text(tmp_path: Path) -> None:
    text = "我说：走！\n你说：不走！\n那就坐。\n坐就坐。\n好。\n\n\n来了？\n来了。\n"
    first, second = one(tmp_path, text).scripts
    assert (first.id, second.id, first.title) == ("1", "2", "")
    assert first.lines[0] == Line("0", "我说：走！")
    assert [line.speaker for line in first.lines] == ["0", "1", "0", "1", "0"]
    assert second.lines == (Line("0", "来了？"), Line("1", "来了。"))


def test_front_matter_above_plain_text_is_refused(tmp_path: Path) -> None:
    error = refusal(tmp_path, "+++\n+++\n一\n二\n", format=CorpusFormat.ALTERNATING)
    assert "front matter above lines without labels" in error.message


def test_the_format_is_recognised_or_given(tmp_path: Path) -> None:
    assert detect(LABELLED) is CorpusFormat.LABELLED
    assert detect("来了？\n来了。\n他说：好。\n") is CorpusFormat.ALTERNATING
    assert detect("") is CorpusFormat.ALTERNATING
    (script,) = one(tmp_path, LABELLED, format=CorpusFormat.ALTERNATING).scripts
    assert script.lines[0].text == "甲：您吃了吗？"


def test_blank_lines_cut_a_labelled_file_only_when_asked(tmp_path: Path) -> None:
    text = LABELLED + "\n" + LABELLED
    assert len(one(tmp_path, text).scripts) == 1
    scripts = one(tmp_path, text, format=CorpusFormat.LABELLED_BLOCKS).scripts
    assert [(script.id, len(script.lines)) for script in scripts] == [("段子-1", 3), ("段子-2", 3)]


def test_one_speaker_twice_in_a_row_is_kept_or_joined(tmp_path: Path) -> None:
    text = "甲：一，\n甲：二。\n乙：三。\n"
    (kept,) = one(tmp_path, text).scripts
    assert [line.speaker for line in kept.lines] == ["0", "0", "1"]
    (joined,) = one(tmp_path, text, join_same_speaker=True).scripts
    assert joined.lines == (Line("0", "一，二。"), Line("1", "三。"))


def test_a_third_speaker_is_named_with_line_and_remedy(tmp_path: Path) -> None:
    text = "甲：一\n乙：二\n丙：三\n甲：四\n"
    error = refusal(tmp_path, text)
    assert "丙" in error.message
    assert error.where.endswith("段子.txt:3")
    assert "--role-map 丙=甲" in error.hint
    (script,) = one(tmp_path, text, role_map={"丙": "乙"}).scripts
    assert [line.speaker for line in script.lines] == ["0", "1", "1", "0"]


def test_a_role_map_can_state_roles(tmp_path: Path) -> None:
    (script,) = one(tmp_path, LABELLED, role_map={"甲": "逗哏", "乙": "捧哏"}).scripts
    assert [speaker.role for speaker in script.speakers] == [Role.DOUGEN, Role.PENGEN]


@pytest.mark.parametrize(
    ("text", "line", "code"),
    [
        (LABELLED + "（笑）\n" + LABELLED, 4, "no_label"),
        ("甲：一\n甲：二\n", 1, "one_speaker"),
        ("\n来了？\n\n来了。\n来了。\n", 2, "one_line"),
    ],
)
def test_what_is_no_dialogue_is_refused_at_its_line(
    tmp_path: Path, text: str, line: int, code: str
) -> None:
    error = refusal(tmp_path, text)
    assert (error.code, error.where) == (code, f"{tmp_path / '段子.txt'}:{line}")
    assert error.hint


@pytest.mark.parametrize("text", ["", "\n \n\u3000\n", "\ufeff"])
def test_a_file_without_lines_holds_no_script(tmp_path: Path, text: str) -> None:
    assert refusal(tmp_path, text).code == "no_script"


def test_a_label_that_says_nothing_is_left_out_with_a_notice(tmp_path: Path) -> None:
    reading = one(tmp_path, "甲：一\n乙：\n乙：二\n")
    assert [line.text for line in reading.scripts[0].lines] == ["一", "二"]
    assert [(n.code, n.where[-2:]) for n in reading.warnings] == [("empty_line", ":2")]


def test_a_line_of_5000_characters_is_read_whole_with_a_notice(tmp_path: Path) -> None:
    reading = one(tmp_path, f"甲：{'说' * 5000}\n乙：二\n")
    assert len(reading.scripts[0].lines[0].text) == 5000
    assert [(n.code, n.where[-2:]) for n in reading.warnings] == [("long_line", ":1")]


def test_text_is_not_repaired(tmp_path: Path) -> None:
    odd = "“好”—— ...ＡＢＣ\u2028𠮷\x07 0:是，１．５元～"
    (script,) = one(tmp_path, f"甲：\u3000{odd} \n乙：二\n").scripts
    assert script.lines[0].text == odd


def test_a_detected_encoding_is_a_notice(tmp_path: Path) -> None:
    text = "甲：您聽說過電話裡的智能管家嗎？\n乙：聽說過，可我沒敢用，貴吧？\n" * 3
    reading = one(tmp_path, text.encode("big5"))
    assert reading.scripts[0].lines[0].text == "您聽說過電話裡的智能管家嗎？"
    assert [notice.code for notice in reading.warnings] == ["encoding"]
    assert one(tmp_path, text.encode("big5"), encoding="big5").warnings == ()


def test_a_folder_is_read_in_the_order_of_its_numbers(tmp_path: Path) -> None:
    folder = put(
        tmp_path,
        n10__txt=LABELLED,
        n9__txt=LABELLED,
        a__txt="一\n二\n\n三\n四\n",
        README__md="甲：不读\n",
    )
    (folder / ".hidden.txt").write_text("甲", encoding="utf-8")
    assert [script.id for script in read(folder).scripts] == ["9", "10", "a-1", "a-2"]


def test_two_scripts_of_one_id_are_refused(tmp_path: Path) -> None:
    folder = put(tmp_path, **{"a__txt": "一\n二\n\n三\n四\n", "a-1__txt": LABELLED})
    with pytest.raises(DataError, match="a second script with the id a-1"):
        read(folder)


def test_an_empty_folder_and_a_missing_path_are_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no script here"):
        read(tmp_path)
    with pytest.raises(DataError, match="no such file"):
        read(tmp_path / "none")


def test_a_zip_reads_like_its_folder(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    put(folder, n2__txt="0:二\n1:三\n", n2__cfg='{"title": "二"}', n1__txt="0:一\n1:二\n")
    with zipfile.ZipFile(tmp_path / "相声.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for file in folder.iterdir():
            archive.write(file, f"scripts/{file.name}")
        archive.writestr("__MACOSX/scripts/._1.txt", b"\0")
    zipped = read(tmp_path / "相声.zip")
    assert zipped.scripts == read(folder).scripts
    assert [script.title for script in zipped.scripts] == ["", "二"]
