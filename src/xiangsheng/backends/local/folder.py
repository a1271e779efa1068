"""A local model as a folder that transformers' `AutoModelForCausalLM` loads too.

`config.json` and `model.safetensors` are theirs; `xiangsheng.json` says which tokenizer the model
speaks and what its weights' digest is. Nothing here ever unpickles.
"""

import json
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load as from_bytes
from safetensors.torch import save as to_bytes
from torch import Tensor

from xiangsheng.backends.local.ladder import Shape
from xiangsheng.backends.local.network import Network
from xiangsheng.core.errors import DataError
from xiangsheng.tokens.ladder import LadderTokenizer

FORMAT = "xiangsheng-local"
VERSION = 1
PICKLES = (".bin", ".pt", ".pth", ".ckpt", ".pkl")


def save(network: Network, tokenizer: LadderTokenizer, folder: Path, chats: bool) -> str:  # noqa: FBT001
    """Writes the model into `folder`, which exists, the description last; the weights' digest."""
    packed = to_bytes(theirs(network), metadata={"format": "pt"})
    digest = sha256(packed).hexdigest()
    (folder / "model.safetensors").write_bytes(packed)
    _write(folder / "config.json", _config(network.shape, tokenizer))
    _write(
        folder / "xiangsheng.json",
        {
            "format": FORMAT,
            "version": VERSION,
            "chats": chats,
            "tokenizer": tokenizer.digest,
            "weights": digest,
        },
    )
    return digest


def load(folder: Path, tokenizer: LadderTokenizer) -> tuple[Network, str, bool]:
    """The network `save` wrote, its weights' digest, and whether it takes chats.

    Raises DataError for a folder of another kind, a damaged one, and one that holds a pickle only.
    """
    try:
        about = json.loads((folder / "xiangsheng.json").read_text(encoding="utf-8"))
        config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
        if about["format"] != FORMAT or about["version"] != VERSION:
            raise _bad(
                folder, f"it is {about['format']} {about['version']}, not {FORMAT} {VERSION}"
            )
        if about["tokenizer"] != tokenizer.digest:
            raise _bad(folder, "it was trained with another tokenizer")
        packed = (folder / "model.safetensors").read_bytes()
        if sha256(packed).hexdigest() != about["weights"]:
            raise _bad(folder, "model.safetensors has been damaged")
        network = Network(_shape(config))
        fill(network, from_bytes(packed))
    except FileNotFoundError as error:
        if pickles := [file.name for file in folder.glob("*") if file.suffix in PICKLES]:
            raise _bad(
                folder, f"{pickles[0]} is a pickle, which can run any code; it is not opened"
            ) from error
        raise _bad(folder, f"{Path(str(error.filename)).name} is missing") from error
    except (OSError, ValueError, KeyError, TypeError, RuntimeError, SafetensorError) as error:
        raise _bad(folder, f"it cannot be read ({error})") from error
    return network.eval(), about["weights"], bool(about["chats"])


def theirs(network: Network) -> dict[str, Tensor]:
    """The weights under the names, and in the pieces, that transformers' Llama has."""
    tensors: dict[str, Tensor] = {
        "model.embed_tokens.weight": network.embeddings,
        "model.norm.weight": network.last,
    }
    for number, block in enumerate(network.layers()):
        at = f"model.layers.{number}"
        query, key, value = block.attend.chunk(3)
        gate, up = block.widen.chunk(2)
        tensors |= {
            f"{at}.input_layernorm.weight": block.before_attention,
            f"{at}.post_attention_layernorm.weight": block.before_feed,
            f"{at}.self_attn.q_proj.weight": query,
            f"{at}.self_attn.k_proj.weight": key,
            f"{at}.self_attn.v_proj.weight": value,
            f"{at}.self_attn.o_proj.weight": block.merge,
            f"{at}.mlp.gate_proj.weight": gate,
            f"{at}.mlp.up_proj.weight": up,
            f"{at}.mlp.down_proj.weight": block.narrow,
        }
    return {name: tensor.detach().float().contiguous() for name, tensor in tensors.items()}


def fill(network: Network, tensors: dict[str, Tensor]) -> None:
    """Puts weights under transformers' names into the network; ValueError if they do not fit."""
    wanted = theirs(network)
    if set(tensors) != set(wanted):
        odd = sorted(set(tensors) ^ set(wanted))
        raise ValueError(f"weights that are missing or not known: {', '.join(odd[:3])}")
    for name, tensor in tensors.items():
        if tensor.shape != wanted[name].shape:
            raise ValueError(f"{name} is {tuple(tensor.shape)}, not {tuple(wanted[name].shape)}")
    joined: Callable[..., Tensor] = lambda *names: torch.cat([tensors[name] for name in names])  # noqa: E731
    with torch.no_grad():
        network.embeddings.copy_(tensors["model.embed_tokens.weight"])
        network.last.copy_(tensors["model.norm.weight"])
        for number, block in enumerate(network.layers()):
            at = f"model.layers.{number}"
            block.before_attention.copy_(tensors[f"{at}.input_layernorm.weight"])
            block.before_feed.copy_(tensors[f"{at}.post_attention_layernorm.weight"])
            block.attend.copy_(joined(*(f"{at}.self_attn.{part}_proj.weight" for part in "qkv")))
            block.merge.copy_(tensors[f"{at}.self_attn.o_proj.weight"])
            block.widen.copy_(joined(f"{at}.mlp.gate_proj.weight", f"{at}.mlp.up_proj.weight"))
            block.narrow.copy_(tensors[f"{at}.mlp.down_proj.weight"])


def _config(shape: Shape, tokenizer: LadderTokenizer) -> dict[str, Any]:
    return {
        "architectures": ["LlamaForCausalLM"],
        "model_type": "llama",
        "vocab_size": shape.vocabulary,
        "hidden_size": shape.width,
        "num_hidden_layers": shape.layers,
        "num_attention_heads": shape.heads,
        "num_key_value_heads": shape.heads,
        "intermediate_size": shape.hidden,
        "max_position_embeddings": shape.context,
        "rope_theta": shape.theta,
        "rms_norm_eps": shape.epsilon,
        "hidden_act": "silu",
        "tie_word_embeddings": True,
        "bos_token_id": tokenizer.end,
        "eos_token_id": tokenizer.end,
        "torch_dtype": "float32",
    }


def _shape(config: dict[str, Any]) -> Shape:
    if config["model_type"] != "llama" or not config["tie_word_embeddings"]:
        raise ValueError(f"a {config['model_type']} is no model of the ladder")
    shape = Shape(
        vocabulary=config["vocab_size"],
        width=config["hidden_size"],
        layers=config["num_hidden_layers"],
        heads=config["num_attention_heads"],
        hidden=config["intermediate_size"],
        context=config["max_position_embeddings"],
        theta=config["rope_theta"],
        epsilon=config["rms_norm_eps"],
    )
    counts = (shape.vocabulary, shape.width, shape.layers, shape.heads, shape.hidden, shape.context)
    if min(counts) < 1 or shape.width % (2 * shape.heads):
        raise ValueError(f"no network has {shape.heads} heads in a width of {shape.width}")
    return shape


def _write(path: Path, table: dict[str, Any]) -> None:
    path.write_text(json.dumps(table, indent=2) + "\n", encoding="utf-8")


def _bad(folder: Path, why: str) -> DataError:
    return DataError(
        f"this is not a whole local model: {why}",
        where=str(folder),
        hint="build or tune the model again, or give the folder of another one",
        code="model_folder",
    )
