"""Whether there is room for a model is asked before it is tried."""

import os
from pathlib import Path

import pytest
import torch

from tiny_networks import TOKENIZER
from xiangsheng.backends.local import memory
from xiangsheng.backends.local.ladder import RUNGS
from xiangsheng.backends.local.memory import enough_room, free_bytes, short_memory
from xiangsheng.core.errors import MemoryShortError, XiangshengError

ADA = RUNGS["ada"].shape(TOKENIZER.size)
DAVINCI = RUNGS["davinci"].shape(TOKENIZER.size)
GIB = 1 << 30


def test_what_is_needed_and_what_is_free_are_said() -> None:
    with pytest.raises(MemoryShortError) as caught:
        enough_room(DAVINCI, training=True, available=GIB)
    assert caught.value.message == (
        f"training a model of {DAVINCI.parameters:,} parameters takes about 2.1 GiB of memory, "
        "and 1.0 GiB are free"
    )
    assert "local:ada is the smallest" in caught.value.hint
    assert isinstance(caught.value, XiangshengError)


def test_opening_takes_a_copy_and_training_five_and_a_batch() -> None:
    weights = 4 * ADA.parameters
    enough_room(ADA, training=False, available=weights)
    with pytest.raises(MemoryShortError, match="opening a model"):
        enough_room(ADA, training=False, available=weights - 1)
    enough_room(ADA, training=True, available=5 * weights + GIB)
    with pytest.raises(MemoryShortError, match="training a model"):
        enough_room(ADA, training=True, available=5 * weights + GIB - 1)


def test_here_something_is_free() -> None:
    found = free_bytes()
    assert found is not None
    assert found > 0


def test_where_there_is_no_meminfo_the_system_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    def nothing(*_: object, **__: object) -> str:
        raise FileNotFoundError

    monkeypatch.setattr(Path, "read_text", nothing)
    pages = {"SC_AVPHYS_PAGES": 1000, "SC_PAGE_SIZE": 4096}
    monkeypatch.setattr(os, "sysconf", pages.__getitem__)
    assert free_bytes() == 4_096_000


def test_what_is_not_known_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: object, **__: object) -> int:
        raise ValueError("unrecognized configuration name")

    monkeypatch.setattr(Path, "read_text", lambda *_, **__: "MemTotal: 1 kB\n")
    monkeypatch.setattr(os, "sysconf", unknown)
    assert free_bytes() is None
    monkeypatch.setattr(memory, "free_bytes", lambda: None)
    enough_room(DAVINCI, training=True)


def test_memory_that_is_used_up_underway_is_said() -> None:
    with pytest.raises(MemoryShortError, match="no memory is left") as caught, short_memory():
        torch.empty(1 << 60)
    assert "batch_size=1" in caught.value.hint
    with pytest.raises(MemoryShortError), short_memory():
        raise MemoryError("all of it")


def test_other_trouble_is_not_called_so() -> None:
    with pytest.raises(RuntimeError, match="shape"), short_memory():
        torch.ones(2).view(3)
