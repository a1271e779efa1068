"""The two layouts a study is found in."""

from pathlib import Path

import pytest

from xiangsheng.core.errors import DataError
from xiangsheng.corpus.study import bundled, read_study, study_data, with_valid
from xiangsheng.corpus.writing import write_scripts

LABELLED = "甲：一\n乙：二\n"


def make(root: Path, *names: str) -> Path:
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(LABELLED, encoding="utf-8")
    return root


def test_train_and_test_folders_are_a_study(tmp_path: Path) -> None:
    data = study_data(make(tmp_path, "train/a.txt", "train/b.txt", "test/c.txt"))
    assert [script.id for script in data.train] == ["a", "b"]
    assert [script.id for script in data.test] == ["c"]
    assert data.sources == (str(tmp_path / "train"), str(tmp_path / "test"))


def test_scripts_and_one_test_file_are_a_study(tmp_path: Path) -> None:
    data = study_data(make(tmp_path, "scripts/1.txt", "test_x.txt", "notes.txt"))
    assert (len(data.train), len(data.test)) == (1, 1)


@pytest.mark.parametrize(
    "names",
    [
        ("a.txt",),
        ("scripts/1.txt",),
        ("train/1.txt",),
        ("test.txt",),
        ("scripts/1.txt", "test_a.txt", "test_b.txt"),
    ],
)
def test_other_layouts_are_refused_with_the_way_to_name_them(
    tmp_path: Path, names: tuple[str, ...]
) -> None:
    with pytest.raises(DataError) as refused:
        study_data(make(tmp_path, *names))
    assert "--set data.train=" in refused.value.hint
    assert "--set data.test=" in refused.value.hint


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no such folder"):
        study_data(tmp_path / "none")


def test_train_and_test_can_be_named(tmp_path: Path) -> None:
    root = make(tmp_path, "mine.txt", "yours/c.txt")
    data = read_study(root / "mine.txt", root / "yours")
    assert (data.train[0].id, data.test[0].id) == ("mine", "c")


def test_the_bundled_study_reads_without_a_warning() -> None:
    data = bundled()
    assert data.train
    assert data.test
    assert data.warnings == ()
    assert data.sources == ("bundled/train", "bundled/test")


def test_scripts_that_are_held_out_are_not_learned(tmp_path: Path) -> None:
    data = bundled()
    (first,) = write_scripts(data.train[:1], tmp_path / "held")
    held = with_valid(data, first)
    assert [script.lines for script in held.valid] == [data.train[0].lines]
    assert held.train == data.train[1:]
    assert held.warnings[-1].message == "1 training scripts are held out"
    assert with_valid(held, first).train == held.train


def test_scripts_in_valid_are_held_out(tmp_path: Path) -> None:
    root = make(tmp_path, "train/a.txt", "test/c.txt")
    write_scripts(bundled().train[:1], root / "valid")
    data = study_data(root)
    assert [script.lines for script in data.valid] == [bundled().train[0].lines]
    assert [script.id for script in data.train] == ["a"]
