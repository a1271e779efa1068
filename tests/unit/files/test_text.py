"""Lines as an editor counts them, and files that cannot be read."""

from pathlib import Path

import pytest

from xiangsheng.core.errors import DataError
from xiangsheng.files.text import read_file, split_lines


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("", []),
        ("\n", [""]),
        ("一\n二", ["一", "二"]),
        ("一\r\n二\r\n", ["一", "二"]),
        ("一\r二\r", ["一", "二"]),
        ("一\n\n二\n", ["一", "", "二"]),
        ("一\u2028二\x85三\f四", ["一\u2028二\x85三\f四"]),
    ],
)
def test_lines_end_at_lf_crlf_and_cr_only(text: str, lines: list[str]) -> None:
    assert split_lines(text) == lines


def test_a_missing_file_and_a_folder_are_named(tmp_path: Path) -> None:
    for path, what in ((tmp_path / "没有.txt", "no such file"), (tmp_path, "not a file")):
        with pytest.raises(DataError, match=what) as refused:
            read_file(path)
        assert refused.value.where == str(path)


def test_a_file_above_the_limit_is_refused_not_cut(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"12345")
    assert read_file(path, limit=5) == b"12345"
    with pytest.raises(DataError, match="larger than 4 bytes"):
        read_file(path, limit=4)
