"""Any tokenizer of Hugging Face's that is a `tokenizer.json` on disk."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from xiangsheng.core.errors import DataError, UsageError
from xiangsheng.tokens.cutting import Cuts, after_breaks, before_breaks, nowhere
from xiangsheng.tokens.exact import ExactCounter

_CONTRACTIONS = "(?i:'s|'t|'re|'ve|'m|'ll|'d)"
_SPACES = r"\s*[\r\n]+|\s+(?!\S)|\s+"
_AFTER_BREAKS = {
    rf"{_CONTRACTIONS}|[^\r\n\p{{L}}\p{{N}}]?\p{{L}}+|{digits}| ?[^\s\p{{L}}\p{{N}}]+[\r\n]*|{_SPACES}"
    for digits in (r"\p{N}", r"\p{N}{1,3}")
}
"""How Qwen's and Llama 3's tokenizers divide a text."""


def hugging_face(name: str, environment: Mapping[str, str]) -> ExactCounter:
    """Counts without the special tokens that a model's template would add. Never downloads.

    `name` is a folder, a `tokenizer.json`, or a model in the cache of the Hugging Face hub. Raises
    UsageError where the file or the library is missing, DataError for a file that it cannot read.
    """
    file = _file(name, environment)
    if file is None:
        raise UsageError(
            "no tokenizer.json there, and nothing is downloaded",
            where=name,
            hint="name the folder of a model that is on this machine: hf:FOLDER",
            code="no_tokenizer",
        )
    try:
        from tokenizers import Tokenizer
    except ImportError as error:
        raise UsageError(
            "counting with a tokenizer of Hugging Face's needs the package tokenizers",
            where=str(file),
            hint="pip install 'xiangsheng[hf]'",
            code="no_tokenizers",
        ) from error
    try:
        tokenizer = Tokenizer.from_file(str(file))
    except Exception as error:  # the library raises nothing narrower
        raise DataError(
            f"not a tokenizer: {error}",
            where=str(file),
            hint="save it again with its save_pretrained",
            code="tokenizer",
        ) from error
    # A file may ask that texts be cut or filled up to a length, which is meant for batches.
    tokenizer.no_truncation()
    tokenizer.no_padding()
    tokenizer.encode_special_tokens = True  # as the text that they are

    def encode(text: str) -> list[int]:
        # A lone surrogate is no text to the library; tiktoken reads it as U+FFFD too.
        whole = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        ids: list[int] = tokenizer.encode(whole, add_special_tokens=False).ids
        return ids

    return ExactCounter(f"hf:{name}", encode, safe_cuts(json.loads(tokenizer.to_str())))


def _file(name: str, environment: Mapping[str, str]) -> Path | None:
    """The tokenizer's file in a folder, or in the newest snapshot of a model in the hub's cache."""
    path = Path(name).expanduser()
    home = Path(environment.get("HF_HOME") or Path.home() / ".cache" / "huggingface")
    hub = Path(environment.get("HF_HUB_CACHE") or home / "hub")
    cached = hub / f"models--{name.replace('/', '--')}"
    snapshots = sorted(
        cached.glob("snapshots/*/tokenizer.json"), key=lambda file: file.stat().st_mtime
    )
    candidates = [path, path / "tokenizer.json", *reversed(snapshots)] if name else []
    return next((file for file in candidates if file.is_file()), None)


def safe_cuts(tokenizer: Mapping[str, Any]) -> Cuts:
    """Where texts may be cut, for the ways of dividing them that were looked at; else nowhere.

    Special tokens that reach over spaces, and normalizers that could, rule it out.
    """
    reaching = any(
        token["lstrip"] or token["rstrip"] or token["single_word"] or _has_space(token["content"])
        for token in tokenizer["added_tokens"]
    )
    plain = tokenizer["normalizer"] in (None, {"type": "NFC"})
    steps = tokenizer["pre_tokenizer"] or {}
    if reaching or not plain:
        return nowhere
    if steps.get("type") == "ByteLevel" and steps["use_regex"] and not steps["add_prefix_space"]:
        return before_breaks
    match steps:
        case {
            "type": "Sequence",
            "pretokenizers": [
                {
                    "type": "Split",
                    "pattern": {"Regex": regex},
                    "behavior": "Isolated",
                    "invert": False,
                },
                {"type": "ByteLevel", "use_regex": False, "add_prefix_space": False},
            ],
        } if regex in _AFTER_BREAKS:
            return after_breaks
    return nowhere


def _has_space(text: str) -> bool:
    return any(map(str.isspace, text))
