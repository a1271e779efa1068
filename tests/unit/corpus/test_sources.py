"""Zips from strangers: bounded, never leaving themselves, every refusal an error of ours."""

import struct
import warnings
import zipfile
from io import BytesIO
from pathlib import Path

import pytest

from xiangsheng.core.errors import DataError
from xiangsheng.corpus.reading import read
from xiangsheng.corpus.sources import unzipped


def zip_of(*files: tuple[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    stream = BytesIO()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # writing one name twice is the point
        with zipfile.ZipFile(stream, "w", method) as archive:
            for name, data in files:
                archive.writestr(name, data)
    return stream.getvalue()


def test_wanted_files_come_out_by_their_own_names() -> None:
    data = zip_of(("c3/1.txt", b"a"), ("c3/1.cfg", b"{}"), ("c3/x.exe", b"b"), ("c3/.a.txt", b"c"))
    assert unzipped(data, "a.zip").files == {"1.txt": b"a", "1.cfg": b"{}"}


def test_tables_come_out_too_but_not_beside_texts() -> None:
    tables = zip_of(("a/1.csv", b"a"), ("a/2.XLSX", b"b"), ("a/3.pdf", b"c"))
    assert unzipped(tables, "a.zip").files == {"1.csv": b"a", "2.XLSX": b"b"}
    beside = unzipped(zip_of(("a/1.txt", b"a"), ("list.csv", b"b"), ("3.json", b"c")), "a.zip")
    assert (beside.files, beside.passed_over) == ({"1.txt": b"a"}, ("list.csv", "3.json"))


@pytest.mark.parametrize("name", ["../1.txt", "/etc/1.txt", "a/../../1.txt", "a\\..\\1.txt"])
def test_names_that_leave_the_zip_are_refused(name: str) -> None:
    with pytest.raises(DataError, match="leaves the zip"):
        unzipped(zip_of((name, b"a")), "a.zip")


@pytest.mark.parametrize("names", [("a/1.txt", "b/2.txt"), ("1.txt", "1.txt")])
def test_two_folders_or_two_files_of_one_name_are_refused(names: tuple[str, ...]) -> None:
    with pytest.raises(DataError, match="beside another folder"):
        unzipped(zip_of(*((name, b"a") for name in names)), "a.zip")


def test_a_bomb_is_refused_while_it_inflates() -> None:
    bomb = zip_of(("1.txt", b"0" * 3_000_000))
    assert len(bomb) < 10_000
    with pytest.raises(DataError, match="inflates to too much"):
        unzipped(bomb, "a.zip", limit=1_000_000)


def test_the_limit_is_for_all_files_together() -> None:
    data = zip_of(("1.txt", b"0" * 600), ("2.txt", b"0" * 600))
    assert len(unzipped(data, "a.zip", limit=1200).files) == 2
    with pytest.raises(DataError, match="inflates to too much"):
        unzipped(data, "a.zip", limit=1199)


def test_a_zip_that_lies_about_its_size_is_refused() -> None:
    data = bytearray(zip_of(("1.txt", b"0" * 5000)))
    entry = data.index(b"PK\x01\x02")
    data[entry + 24 : entry + 28] = struct.pack("<I", 10)
    with pytest.raises(DataError):
        unzipped(bytes(data), "a.zip", limit=1000)


def test_encrypted_and_unusual_packing_are_refused() -> None:
    encrypted = bytearray(zip_of(("1.txt", b"abc")))
    encrypted[encrypted.index(b"PK\x01\x02") + 8] |= 1
    with pytest.raises(DataError, match="encrypted"):
        unzipped(bytes(encrypted), "a.zip")
    with pytest.raises(DataError, match="packed unusually"):
        unzipped(zip_of(("1.txt", b"abc"), method=zipfile.ZIP_LZMA), "a.zip")


def test_a_damaged_zip_is_refused(tmp_path: Path) -> None:
    data = zip_of(("1.txt", "甲：一\n乙：二\n".encode() * 50))
    for damaged in (data[:-10], data[:40] + b"\xff" * 10 + data[50:]):
        path = tmp_path / "a.zip"
        path.write_bytes(damaged)
        with pytest.raises(DataError):
            read(path)


def test_chinese_names_of_windows_zips_are_read() -> None:
    # Old Windows writes GBK bytes without the UTF-8 flag; zipfile shows them as cp437.
    ours = "大话.txt".encode("gbk")
    data = zip_of(("x" * len(ours[:-4]) + ".txt", b"a")).replace(b"xxxx", ours[:4])
    assert unzipped(data, "a.zip").files == {"大话.txt": b"a"}
