"""Scripts to files: names as labels, and nothing written that would come back different."""

from dataclasses import replace
from pathlib import Path

import pytest

from xiangsheng.core.errors import DataError, UsageError
from xiangsheng.core.script import Line, Provenance, Role, Script, Speaker
from xiangsheng.corpus.reading import read
from xiangsheng.corpus.writing import script_text, write_scripts

SCRIPT = Script(
    id="大话-1",
    title='说"大"话\\\x7f',
    lines=(Line("0", "来了？"), Line("1", "0:来了。"), Line("1", "坐。")),
    genre="对口相声",
    summary="两人\t比大话",
    speakers=(Speaker("0", "乙", Role.PENGEN), Speaker("1", "甲", Role.DOUGEN)),
    provenance=Provenance("自编", "CC0"),
)


def test_the_file_is_one_a_person_would_write() -> None:
    plain = replace(SCRIPT, title="大话", summary="")
    assert script_text(plain) == (
        '+++\ntitle = "大话"\ngenre = "对口相声"\nsource = "自编"\nlicence = "CC0"\n'
        'dougen = "甲"\npenggen = "乙"\n+++\n乙:来了？\n甲:0:来了。\n甲:坐。\n'
    )


@pytest.mark.parametrize("names", [("", ""), ("2", "1"), ("老 王", "老：李"), ("甲", "甲")])
def test_names_that_are_no_labels_survive_beside_digits(
    tmp_path: Path, names: tuple[str, str]
) -> None:
    speakers = (Speaker("0", names[0]), Speaker("1", names[1], Role.DOUGEN))
    script = replace(SCRIPT, speakers=speakers)
    assert "\n0:来了？\n1:" in script_text(script)
    write_scripts([script], tmp_path)
    assert read(tmp_path).scripts == (script,)


def test_written_scripts_are_read_back(tmp_path: Path) -> None:
    scripts = (replace(SCRIPT, id="b"), SCRIPT)
    paths = write_scripts(scripts, tmp_path / "new" / "folder")
    assert [path.name for path in paths] == ["b.txt", "大话-1.txt"]
    assert read(tmp_path / "new" / "folder").scripts == scripts


@pytest.mark.parametrize(
    "bad",
    [
        replace(SCRIPT, title="大\n话"),
        replace(SCRIPT, lines=(Line("0", "一\n二"), Line("1", "三"))),
        replace(SCRIPT, lines=(Line("0", "一\r"), Line("1", "三"))),
        replace(SCRIPT, lines=(Line("0", " 一"), Line("1", "三"))),
        replace(SCRIPT, lines=(Line("0", ""), Line("1", "三"))),
        replace(SCRIPT, lines=(Line("1", "一"), Line("0", "三"))),
        replace(SCRIPT, lines=(Line("0", "一"), Line("2", "三"))),
        replace(SCRIPT, lines=(Line("0", "一"),)),
        replace(SCRIPT, title="\ud83d"),
        replace(SCRIPT, lines=(Line("0", "一\0"), Line("1", "三"))),
        replace(SCRIPT, speakers=(Speaker("0", "甲"),)),
    ],
)
def test_what_would_not_survive_is_refused(tmp_path: Path, bad: Script) -> None:
    with pytest.raises(DataError):
        write_scripts([SCRIPT, replace(bad, id="bad")], tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("id_", ["", "../a", "a/b", ".a", "a\\b", "a:b", "长" * 70, "a\n"])
def test_ids_that_are_no_file_names_are_refused(tmp_path: Path, id_: str) -> None:
    with pytest.raises(DataError, match="cannot be a file name"):
        write_scripts([replace(SCRIPT, id=id_)], tmp_path)


def test_ids_that_some_file_systems_confuse_are_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="a second script"):
        write_scripts([replace(SCRIPT, id="A"), replace(SCRIPT, id="a")], tmp_path)


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(UsageError, match="cannot be made"):
        write_scripts([SCRIPT], tmp_path / "file" / "folder")
