"""Checkpoints: everything a training needs to go on, bit for bit, as if it had never stopped.

A checkpoint is a folder with weights, the optimiser's moments, the best weights so far, the random
state, and `state.json`, which says how far the training is and what the other files' digests are.
It is written under another name and renamed, so one that has its name is whole.
"""

import json
import os
import shutil
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

from safetensors import SafetensorError
from safetensors.torch import load, save
from torch import Tensor

from xiangsheng.files.atomic import sync_folder, write_bytes

_NOT_WHOLE = (OSError, ValueError, TypeError, KeyError, AttributeError, SafetensorError)
KEPT = 2
"""The newest, and one before it."""


@dataclass(slots=True)
class State:
    """`step` steps are done; the next one follows from it, the seed and the data.

    `told` holds (step, metrics) as each step told them; `best` is the lowest validation loss and
    `worse` how many epochs ago it was.
    """

    step: int = 0
    tokens: int = 0
    examples: int = 0
    seconds: float = 0.0
    told: list[tuple[int, dict[str, float]]] = field(default_factory=list)
    best: float | None = None
    worse: int = 0

    def curve(self, name: str = "loss") -> list[tuple[int, float]]:
        """(step, value) of one metric, where it was told."""
        return [(step, metrics[name]) for step, metrics in self.told if name in metrics]


@dataclass(frozen=True, slots=True)
class Checkpoints:
    """Those of one job, in `folder`."""

    folder: Path

    def write(self, state: State, tensors: Mapping[str, Mapping[str, Tensor]]) -> Path:
        """`tensors` by the file they go to."""
        place = self.folder / f"step-{state.step:08d}"
        if place.is_dir():
            with suppress(*_NOT_WHOLE):
                _read(place)
                return place  # a training says the same of the same step
        making = self.folder / f".{place.name}.{os.getpid()}"
        for half in self.folder.glob(".step-*"):  # it may be in want of their room
            shutil.rmtree(half, ignore_errors=True)
        making.mkdir(parents=True)
        digests = {}
        for name, named in tensors.items():
            packed = save(dict(named))
            digests[name] = sha256(packed).hexdigest()
            write_bytes(making / f"{name}.safetensors", packed)
        table: dict[str, Any] = {key: getattr(state, key) for key in State.__slots__}
        write_bytes(making / "state.json", json.dumps({"files": digests, **table}).encode())
        sync_folder(making)
        shutil.rmtree(place, ignore_errors=True)
        making.rename(place)
        sync_folder(self.folder)
        self._tidy()
        return place

    def newest(self) -> tuple[State, dict[str, dict[str, Tensor]]] | None:
        """The newest that is whole; a damaged one is passed over."""
        for place in self.places():
            try:
                return _read(place)
            except _NOT_WHOLE:
                continue
        return None

    def places(self) -> list[Path]:
        """Newest first."""
        return sorted(self.folder.glob("step-????????"), reverse=True)

    def _tidy(self) -> None:
        for old in self.places()[KEPT:]:
            shutil.rmtree(old, ignore_errors=True)


def _read(place: Path) -> tuple[State, dict[str, dict[str, Tensor]]]:
    """Raises one of many errors for a checkpoint that is not whole."""
    table = json.loads((place / "state.json").read_text(encoding="utf-8"))
    tensors = {}
    for name, digest in table.pop("files").items():
        packed = (place / f"{name}.safetensors").read_bytes()
        if sha256(packed).hexdigest() != digest:
            raise ValueError(f"{name} is damaged")
        tensors[name] = load(packed)
    state = State(**table)
    state.told = [(step, metrics) for step, metrics in state.told]
    return state, tensors
