"""A model as a folder: what is saved is loaded, here and by transformers; nothing is unpickled.

References are those of transformers, in the version that is installed (see constraints.txt).
"""

import json
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file

from tiny_networks import TOKENIZER, tiny
from trainings import same, weights
from xiangsheng.backends.local.folder import fill, load, save, theirs
from xiangsheng.backends.local.ladder import RUNGS
from xiangsheng.backends.local.network import Network
from xiangsheng.core.errors import DataError
from xiangsheng.tokens.ladder import LadderTokenizer


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    save(tiny(3), TOKENIZER, tmp_path, chats=False)
    return tmp_path


def changed(path: Path, **values: object) -> None:
    path.write_text(json.dumps(json.loads(path.read_text()) | values))


def refused(folder: Path, tokenizer: LadderTokenizer = TOKENIZER) -> str:
    with pytest.raises(DataError) as caught:
        load(folder, tokenizer)
    assert (caught.value.code, caught.value.where) == ("model_folder", str(folder))
    assert "build or tune the model again" in caught.value.hint
    return caught.value.message


@pytest.mark.parametrize("chats", [True, False])
def test_what_is_saved_is_loaded_bit_for_bit(tmp_path: Path, chats: bool) -> None:  # noqa: FBT001
    network = tiny(3)
    digest = save(network, TOKENIZER, tmp_path, chats)
    found, weights_digest, takes_chats = load(tmp_path, TOKENIZER)
    assert same(weights(found), weights(network))
    assert found.shape == network.shape
    assert not found.training
    assert (weights_digest, takes_chats) == (digest, chats)
    again = tmp_path / "again"
    again.mkdir()
    assert save(found, TOKENIZER, again, chats) == digest
    assert (again / "model.safetensors").read_bytes() == (
        tmp_path / "model.safetensors"
    ).read_bytes()


def test_other_weights_have_another_digest(tmp_path: Path) -> None:
    assert save(tiny(3), TOKENIZER, tmp_path, chats=False) != save(
        tiny(4), TOKENIZER, tmp_path, chats=False
    )


def test_transformers_loads_it_and_says_the_same(
    folder: Path,
) -> None:
    from transformers import AutoModelForCausalLM

    theirs_: Any = AutoModelForCausalLM.from_pretrained(folder, local_files_only=True)
    network, _, _ = load(folder, TOKENIZER)
    tokens = torch.tensor([[TOKENIZER.end, *TOKENIZER.encode("0:您好，来了。\n1:")]])
    with torch.no_grad():
        ours = network.logits(network(tokens, torch.arange(tokens.shape[1])[None]))
        found = theirs_(tokens).logits
    torch.testing.assert_close(ours, found, atol=1e-4, rtol=1e-4)
    assert theirs_.config.eos_token_id == TOKENIZER.end
    assert sum(p.numel() for p in theirs_.parameters()) == network.shape.parameters


@pytest.mark.parametrize("size", RUNGS)
def test_a_rung_has_as_many_parameters_as_it_says(size: str) -> None:
    with torch.device("meta"):
        network = Network(RUNGS[size].shape(TOKENIZER.size))
    assert sum(p.numel() for p in network.parameters()) == network.shape.parameters


def test_damaged_weights_are_noticed(folder: Path) -> None:
    path = folder / "model.safetensors"
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(bytes(content))
    assert refused(folder).endswith("model.safetensors has been damaged")
    path.write_bytes(bytes(content[:-40]))
    assert refused(folder).endswith("model.safetensors has been damaged")


@pytest.mark.parametrize("name", ["xiangsheng.json", "config.json", "model.safetensors"])
def test_a_missing_file_is_named(folder: Path, name: str) -> None:
    (folder / name).unlink()
    assert refused(folder) == f"this is not a whole local model: {name} is missing"


def test_a_missing_folder_is_said(tmp_path: Path) -> None:
    assert "is missing" in refused(tmp_path / "nowhere")


@pytest.mark.parametrize("name", ["xiangsheng.json", "config.json"])
@pytest.mark.parametrize("content", ["", "{", "[]", "null", "7", "{}", "\x00"])
def test_a_file_that_is_not_what_it_must_be_is_said(folder: Path, name: str, content: str) -> None:
    (folder / name).write_text(content)
    assert "it cannot be read" in refused(folder)


def test_a_model_of_another_kind_is_said(folder: Path) -> None:
    changed(folder / "config.json", model_type="gpt2")
    assert "a gpt2 is no model of the ladder" in refused(folder)


def test_untied_embeddings_are_no_model_of_the_ladder(folder: Path) -> None:
    changed(folder / "config.json", tie_word_embeddings=False)
    assert "is no model of the ladder" in refused(folder)


@pytest.mark.parametrize(
    ("field", "value"), [("hidden_size", 64), ("num_hidden_layers", 3), ("vocab_size", 99)]
)
def test_weights_that_do_not_fit_the_shape_are_said(folder: Path, field: str, value: int) -> None:
    changed(folder / "config.json", **{field: value})
    assert "it cannot be read" in refused(folder)


@pytest.mark.parametrize(
    ("field", "value"),
    [("hidden_size", "32"), ("num_attention_heads", 0), ("num_attention_heads", 3), ("vocab_size", -1)],
)  # fmt: skip
def test_a_shape_that_no_network_has_is_said(folder: Path, field: str, value: object) -> None:
    changed(folder / "config.json", **{field: value})
    assert "it cannot be read" in refused(folder)


def test_another_tokenizer_is_said(folder: Path) -> None:
    class Other(LadderTokenizer):
        digest = "f" * 64

    assert "another tokenizer" in refused(folder, Other())


@pytest.mark.parametrize(("field", "value"), [("format", "others"), ("version", 2)])
def test_another_format_and_a_later_version_are_said(
    folder: Path, field: str, value: object
) -> None:
    changed(folder / "xiangsheng.json", **{field: value})
    assert "not xiangsheng-local 1" in refused(folder)


class Trap:
    """A pickle that makes a file when it is opened."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Callable[..., object], tuple[object, ...]]:
        return Path.touch, (self.path,)


@pytest.mark.parametrize("name", ["pytorch_model.bin", "model.pt", "model.pth", "model.ckpt"])
def test_a_pickle_is_named_and_never_opened(folder: Path, tmp_path: Path, name: str) -> None:
    trap = tmp_path / "opened"
    packed = pickle.dumps(Trap(trap))
    (folder / name).write_bytes(packed)
    load(folder, TOKENIZER)  # beside the weights it is nothing to us
    (folder / "model.safetensors").unlink()
    assert f"{name} is a pickle, which can run any code; it is not opened" in refused(folder)
    (folder / "model.safetensors").write_bytes(packed)
    assert "damaged" in refused(folder)
    assert not trap.exists()
    pickle.loads(packed)
    assert trap.exists(), "the trap works"


def test_weights_that_are_missing_or_not_known_are_named(folder: Path) -> None:
    network, named = tiny(3), load_file(folder / "model.safetensors")
    norm = named.pop("model.norm.weight")
    for given in (named, named | {"model.norm.weight": norm, "lm_head.weight": norm}):
        with pytest.raises(ValueError, match="missing or not known: "):
            fill(network, given)
    with pytest.raises(ValueError, match=r"model\.norm\.weight is \(3,\), not \(32,\)"):
        fill(network, named | {"model.norm.weight": norm[:3]})


def test_what_others_saved_of_the_same_weights_is_filled_in(folder: Path) -> None:
    save_file(theirs(tiny(5)), folder / "other.safetensors")
    network = tiny(3)
    fill(network, load_file(folder / "other.safetensors"))
    assert same(weights(network), weights(tiny(5)))
