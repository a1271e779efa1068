from pathlib import Path

import pytest

from xiangsheng.core.errors import StoreError
from xiangsheng.core.script import Line
from xiangsheng.store.run_folder import RunFolder

AWKWARD = (Line("0", "“嗯？”\u2028𠮷\u0085"), Line("1", "。"))


def test_what_is_saved_is_loaded_whatever_it_holds(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path)
    folder.save("lines.jsonl", AWKWARD)
    assert folder.load("lines.jsonl", Line) == AWKWARD


def test_a_damaged_line_is_named(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path)
    folder.save("lines.jsonl", AWKWARD)
    with folder.path("lines.jsonl").open("a") as stream:
        stream.write('{"speaker"')
    with pytest.raises(StoreError) as caught:
        folder.load("lines.jsonl", Line)
    assert caught.value.where.endswith("lines.jsonl:3")


def test_what_is_no_text_is_named(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path)
    folder.path("lines.jsonl").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(StoreError) as caught:
        folder.load("lines.jsonl", Line)
    assert caught.value.where.endswith("lines.jsonl")


def test_a_run_is_worked_on_by_one_process_at_a_time(tmp_path: Path) -> None:
    with (
        RunFolder(tmp_path).alone(),
        pytest.raises(StoreError, match="another process"),
        RunFolder(tmp_path).alone(),
    ):
        pass
    with RunFolder(tmp_path).alone():
        pass
