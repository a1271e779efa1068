"""An n-gram model as a folder: `model.json` for what it is, `arrays.npz` for the counts."""

import json
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np

from xiangsheng.backends.ngram.counts import Trie
from xiangsheng.backends.ngram.model import NgramModel
from xiangsheng.core.errors import DataError

FORMAT = "xiangsheng-ngram"
VERSION = 1
_FIELDS = ("tokens", "first", "weights")


def save(model: NgramModel, folder: Path) -> None:
    """Writes the model into `folder`, which exists; the description last, as the sign of an end."""
    # Code points, since a text may hold lone surrogates, which JSON files cannot.
    arrays = {"characters": np.array([ord(c) for c in model.characters], dtype="<i4")}
    for part, trie in enumerate(model.tries):
        for name in _FIELDS:
            for level, array in enumerate(getattr(trie, name), 1):
                arrays[f"{name}_{part}_{level}"] = array.astype("<i4")
    packed = BytesIO()
    np.savez_compressed(packed, allow_pickle=False, **arrays)
    (folder / "arrays.npz").write_bytes(packed.getvalue())
    description = {
        "format": FORMAT,
        "version": VERSION,
        "order": model.order,
        "weights": model.weights,
        "digest": model.digest,
        "arrays": sha256(packed.getvalue()).hexdigest(),
    }
    (folder / "model.json").write_text(json.dumps(description, indent=2) + "\n", encoding="utf-8")


def load(folder: Path) -> NgramModel:
    """The model that `save` wrote; raises DataError for any other folder, or a damaged one."""
    try:
        description = json.loads((folder / "model.json").read_text(encoding="utf-8"))
        if description["format"] != FORMAT:
            raise _bad(folder, f"its format is {description['format']}, not {FORMAT}")
        if description["version"] != VERSION:
            raise _bad(folder, f"it was saved in version {description['version']} of the format")
        packed = (folder / "arrays.npz").read_bytes()
        if sha256(packed).hexdigest() != description["arrays"]:
            raise _bad(folder, "arrays.npz has been damaged")
        with np.load(BytesIO(packed), allow_pickle=False) as arrays:
            model = _model(description, arrays)
        if model.digest != description["digest"]:
            raise _bad(folder, "model.json has been changed")
    except FileNotFoundError as error:
        raise _bad(folder, f"{Path(error.filename).name} is missing") from error
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise _bad(folder, f"it cannot be read ({error})") from error
    return model


def _model(description: dict[str, Any], arrays: Any) -> NgramModel:
    levels = range(1, description["order"] + 1)
    tries = [
        Trie(
            *(
                tuple(arrays[f"{name}_{part}_{k}"].astype(np.int64) for k in levels)
                for name in _FIELDS
            )
        )
        for part in range(len(description["weights"]))
    ]
    characters = "".join(map(chr, arrays["characters"].tolist()))
    return NgramModel(characters, tuple(tries), tuple(description["weights"]))


def _bad(folder: Path, why: str) -> DataError:
    return DataError(
        f"this is not a whole n-gram model: {why}",
        where=str(folder),
        hint="build or tune the model again, or give the folder of another one",
        code="model_folder",
    )
