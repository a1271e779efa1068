"""A job is frozen when it begins: what would end otherwise is refused."""

import json
import os
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import torch

from xiangsheng.backends.local.training import job as jobs
from xiangsheng.backends.local.training.job import Job, begun
from xiangsheng.core.errors import StoreError
from xiangsheng.core.model import Precision


def changed(folder: Path, **values: object) -> None:
    path = folder / "job.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | values))


def test_what_it_depends_on_is_written_down(tmp_path: Path) -> None:
    job = begun("made", Precision.FP32, tmp_path)
    assert json.loads((tmp_path / "job.json").read_text()) == {
        "makes": "made",
        "threads": torch.get_num_threads(),
        "precision": "fp32",
        "device": "cpu",
        "torch": torch.__version__,
        "processor": job.processor,
    }
    assert job.processor.split()
    assert begun("made", Precision.FP32, tmp_path) == job


def test_its_threads_are_used_whatever_there_are_now(tmp_path: Path) -> None:
    begun("made", Precision.FP32, tmp_path)
    changed(tmp_path, threads=7)
    assert begun("made", Precision.FP32, tmp_path).threads == 7


def test_auto_is_written_as_what_it_was(tmp_path: Path) -> None:
    job = begun("made", Precision.AUTO, tmp_path)
    assert job.precision == str(jobs.resolved(Precision.AUTO)) != "auto"
    assert begun("made", Precision(job.precision), tmp_path) == job


def test_threads_and_everything_else_are_part_of_its_digest() -> None:
    job = Job("made", 2, "fp32", "cpu", "2.13.0", "x86_64 AVX2")
    other = Job("made", 1, "fp32", "cpu", "2.13.0", "x86_64 AVX2")
    assert job.digest != other.digest


@pytest.mark.parametrize(
    ("then", "said"),
    [
        ({"torch": "2.4.0"}, f"torch was 2.4.0 and is {torch.__version__} now"),
        ({"makes": "other data"}, "its data, its settings or its base are not those of now"),
        ({"precision": "bf16"}, "precision was bf16 and is fp32 now"),
        ({"device": "cuda"}, "device was cuda and is cpu now"),
        ({"processor": "arm64"}, "processor was arm64 and is "),
    ],
)
def test_what_would_end_otherwise_is_refused_saying_what_differs(
    tmp_path: Path, then: dict[str, Any], said: str
) -> None:
    begun("made", Precision.FP32, tmp_path)
    changed(tmp_path, **then)
    with pytest.raises(StoreError) as caught:
        begun("made", Precision.FP32, tmp_path)
    assert caught.value.code == "job_changed"
    assert said in caught.value.message
    assert caught.value.where == str(tmp_path)
    assert "remove that folder to begin again" in caught.value.hint


@pytest.mark.parametrize("content", ["", "{", "[]", '{"makes": "made"}', '{"colour": 1}'])
def test_what_is_no_job_is_said(tmp_path: Path, content: str) -> None:
    (tmp_path / "job.json").write_text(content)
    with pytest.raises(StoreError, match=r"job\.json cannot be read") as caught:
        begun("made", Precision.FP32, tmp_path)
    assert caught.value.code == "job_changed"


@pytest.mark.parametrize("call", ["fsync", "rename", "replace"])
def test_a_job_is_written_whole_or_not_at_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    """A process killed while it began must not stand in the way of the next."""

    def killed(*_: object, **__: object) -> None:
        assert not (tmp_path / "job.json").exists()
        raise KeyboardInterrupt

    def torn(path: Path, *_: object, **__: object) -> None:
        path.write_bytes(b"")
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, suppress(KeyboardInterrupt):
        patch.setattr(os, call, killed)
        patch.setattr(Path, "write_text", torn)
        begun("made", Precision.FP32, tmp_path)
    assert begun("made", Precision.FP32, tmp_path).makes == "made"
