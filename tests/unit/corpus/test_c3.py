"""C³ folders: the .cfg beside each script, and the real corpus."""

import json
from pathlib import Path

import pytest

from support import c3_folder
from xiangsheng.core.canonical import digest
from xiangsheng.core.errors import DataError
from xiangsheng.core.script import Line, Role, Script, Speaker
from xiangsheng.corpus.reading import read
from xiangsheng.corpus.study import study_data
from xiangsheng.corpus.writing import script_text, write_scripts

CFG = {
    "title": "(相声)大话",
    "type": "对口相声",
    "roles": ["乙:", "甲:"],
    "source": "https://example.org/1",
    "idx": 7,
}
TEXT = "0:来了？\n1:来了。\n1:坐哪儿？\n"


def folder_of(path: Path, text: str = TEXT, cfg: str | None = json.dumps(CFG)) -> Path:
    (path / "1.txt").write_text(text, encoding="utf-8")
    (path / "2.txt").write_text("0:一\n1:二\n", encoding="utf-8")
    (path / "2.cfg").write_text("{}", encoding="utf-8")
    if cfg is not None:
        (path / "1.cfg").write_text(cfg, encoding="utf-8")
    return path


def first(path: Path) -> Script:
    return read(path).scripts[0]


def test_the_cfg_gives_title_genre_source_and_names(tmp_path: Path) -> None:
    script = first(folder_of(tmp_path))
    assert (script.id, script.title, script.genre) == ("1", "(相声)大话", "对口相声")
    assert script.provenance.source == "https://example.org/1"
    assert script.provenance.licence == ""
    assert script.speakers == (Speaker("0", "乙"), Speaker("1", "甲"))
    assert script.lines == (Line("0", "来了？"), Line("1", "来了。"), Line("1", "坐哪儿？"))


@pytest.mark.parametrize(
    ("names", "roles"),
    [
        (["甲:", "乙:"], [Role.OTHER, Role.OTHER]),
        (["捧:", "逗:"], [Role.PENGEN, Role.DOUGEN]),
        (["逗哏：", "捧哏："], [Role.DOUGEN, Role.PENGEN]),
    ],
)
def test_only_names_that_state_a_role_give_one(
    tmp_path: Path, names: list[str], roles: list[Role]
) -> None:
    script = first(folder_of(tmp_path, cfg=json.dumps({"roles": names})))
    assert [speaker.role for speaker in script.speakers] == roles


def test_one_script_given_by_name_has_its_cfg_too(tmp_path: Path) -> None:
    folder = folder_of(tmp_path)
    assert read(folder / "1.txt").scripts == read(folder).scripts[:1]
    (folder / "1.cfg").write_text("{", encoding="utf-8")
    with pytest.raises(DataError) as refused:
        read(folder / "1.txt")
    assert refused.value.where == f"{tmp_path}/1.cfg:1:2"


def test_a_missing_cfg_is_a_notice(tmp_path: Path) -> None:
    reading = read(folder_of(tmp_path, cfg=None))
    assert reading.scripts[0].title == ""
    (notice,) = reading.warnings
    assert (notice.code, notice.where) == ("missing_cfg", f"{tmp_path}/1.txt")


def test_a_cfg_without_a_script_is_a_notice(tmp_path: Path) -> None:
    (folder_of(tmp_path) / "3.cfg").write_text("{}", encoding="utf-8")
    assert [notice.code for notice in read(tmp_path).warnings] == ["no_script"]


@pytest.mark.parametrize(
    ("cfg", "place"),
    [
        ('{"title":\n "大话",}', ":2:7"),
        ('["大话"]', ":1"),
        ('{"title": 3}', ":1"),
        ('{"roles": "甲"}', ":1"),
        ('{"title": "\\ud83d"}', ":1"),
        ('{"title": "大\\n话"}', ""),
    ],
)
def test_a_broken_cfg_is_refused_at_its_place(tmp_path: Path, cfg: str, place: str) -> None:
    with pytest.raises(DataError) as refused:
        read(folder_of(tmp_path, cfg=cfg))
    file = "1.cfg" if place else "1.txt"
    assert refused.value.where.startswith(f"{tmp_path}/{file}{place}")


def test_a_third_role_is_named_and_can_be_mapped(tmp_path: Path) -> None:
    cfg = json.dumps({"roles": ["甲:", "乙:", "观众:"]})
    folder = folder_of(tmp_path, TEXT + "2:好！\n", cfg)
    with pytest.raises(DataError, match="a third speaker, 观众, beside 甲 and 乙") as refused:
        read(folder)
    assert refused.value.where.endswith("1.txt:4")
    mapped = read(folder, role_map={"观众": "乙"}).scripts[0]
    assert mapped.lines[3] == Line("1", "好！")
    assert mapped.speakers == (Speaker("0", "甲"), Speaker("1", "乙"))


@pytest.mark.real_data
def test_the_real_corpus_is_read_whole() -> None:
    data = study_data(c3_folder())
    assert len(data.train) == 318
    assert sum(len(script.lines) for script in data.train) == 35_219
    assert [len(script.lines) for script in data.test] == [20] * 50
    assert [script.id for script in data.test] == [str(n) for n in range(1, 51)]
    assert data.warnings == ()
    assert [script.id for script in data.train] == sorted((s.id for s in data.train), key=int)
    assert all(script.title and script.lines[0].speaker == "0" for script in data.train)
    names = [tuple(speaker.name for speaker in script.speakers) for script in data.train]
    assert (names.count(("乙", "甲")), names.count(("甲", "乙"))) == (139, 117)
    assert sum(script.speakers[0].role is not Role.OTHER for script in data.train) == 2


@pytest.mark.real_data
def test_the_real_corpus_survives_writing_and_reading(tmp_path: Path) -> None:
    scripts = study_data(c3_folder()).train
    write_scripts(scripts, tmp_path / "out")
    again = read(tmp_path / "out").scripts
    assert digest(again) == digest(scripts)
    assert script_text(again[0]) == (tmp_path / "out" / "0.txt").read_text(encoding="utf-8")
