"""Canonical JSON and digests: the same on every machine, whatever the order of keys."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from decimal import Decimal


def plain(value: object) -> object:
    """Dataclasses, mappings, sequences and decimals as what JSON knows; 1 and 1.0 stay two."""
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, Decimal):
        return str(value)
    return value


def canonical_json(value: object) -> str:
    """Sorted keys, no spaces, Chinese as it is."""
    return json.dumps(plain(value), ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def digest(value: object) -> str:
    """sha256 of the canonical JSON, in hex."""
    text = canonical_json(value)
    # A lone surrogate cannot be written as UTF-8, yet must not stop a digest.
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
