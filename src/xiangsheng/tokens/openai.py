"""OpenAI's encodings: how each divides a text, and which models use it."""

import re
from dataclasses import dataclass

from xiangsheng.tokens.cutting import Cuts, after_breaks, before_breaks

END_OF_TEXT = "<|endoftext|>"


@dataclass(frozen=True, slots=True)
class Encoding:
    """`address` names the vocabulary's file in caches; nothing is ever fetched from it."""

    name: str
    address: str
    sha256: str
    pattern: str
    specials: tuple[tuple[str, int], ...]
    cuts: Cuts


_GPT3 = r"""'(?:[sdmt]|ll|ve|re)| ?\p{L}++| ?\p{N}++| ?[^\s\p{L}\p{N}]++|\s++$|\s+(?!\S)|\s"""
_CL100K = (
    r"""'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}++|\p{N}{1,3}+"""
    r"""| ?[^\s\p{L}\p{N}]++[\r\n]*+|\s++$|\s*[\r\n]|\s+(?!\S)|\s"""
)
_END = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)?"
_O200K = (
    rf"[^\r\n\p{{L}}\p{{N}}]?[\p{{Lu}}\p{{Lt}}\p{{Lm}}\p{{Lo}}\p{{M}}]*[\p{{Ll}}\p{{Lm}}\p{{Lo}}\p{{M}}]+{_END}"
    rf"|[^\r\n\p{{L}}\p{{N}}]?[\p{{Lu}}\p{{Lt}}\p{{Lm}}\p{{Lo}}\p{{M}}]+[\p{{Ll}}\p{{Lm}}\p{{Lo}}\p{{M}}]*{_END}"
    r"|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)
_PUBLIC = "https://openaipublic.blob.core.windows.net/encodings/"

R50K = Encoding(
    "r50k_base",
    _PUBLIC + "r50k_base.tiktoken",
    "306cd27f03c1a714eca7108e03d66b7dc042abe8c258b44c199a7ed9838dd930",
    _GPT3,
    ((END_OF_TEXT, 50256),),
    before_breaks,
)
P50K = Encoding(
    "p50k_base",
    _PUBLIC + "p50k_base.tiktoken",
    "94b5ca7dff4d00767bc256fdd1b27e5b17361d7b8a5f968547f9f23eb70d2069",
    _GPT3,
    ((END_OF_TEXT, 50256),),
    before_breaks,
)
CL100K = Encoding(
    "cl100k_base",
    _PUBLIC + "cl100k_base.tiktoken",
    "223921b76ee99bde995b7ff738513eef100fb51d18c93597a113bcffe865b2a7",
    _CL100K,
    (
        (END_OF_TEXT, 100257),
        ("<|fim_prefix|>", 100258),
        ("<|fim_middle|>", 100259),
        ("<|fim_suffix|>", 100260),
        ("<|endofprompt|>", 100276),
    ),
    after_breaks,
)
O200K = Encoding(
    "o200k_base",
    _PUBLIC + "o200k_base.tiktoken",
    "446a9538cb6c348e3516120d7c08b09f57c36495e2acfffe59a5bf8b0cfb1a2d",
    _O200K,
    ((END_OF_TEXT, 199999), ("<|endofprompt|>", 200018)),
    after_breaks,
)

_MODELS = (
    (r"text-davinci-(?:00[23]|edit-.*)|code-(?!search).*|(?:davinci|cushman)-codex", P50K),
    (r"(?:davinci|babbage)-002|gpt-3\.?5.*|gpt-4(?:-.*)?|text-embedding-(?:ada-002|3-.*)", CL100K),
    (r"(?:chatgpt|gpt)-(?:4o|4\.\d|[5-9]|[1-9]\d).*|gpt-oss.*|o\d.*|codex-.*", O200K),
    (
        r"(?:(?:text|code)-(?:similarity-|search-)?)?(?:davinci|curie|babbage|ada)(?:-.*)?|gpt-?2",
        R50K,
    ),
)


def encoding_of(model: str) -> Encoding | None:
    """By OpenAI's own name of a model, or of a tuned one (`ft:BASE:…`, in 2022 `BASE:ft-…`).

    None for a name that says nothing.
    """
    base = model.removeprefix("ft:").partition(":")[0]
    return next((encoding for names, encoding in _MODELS if re.fullmatch(names, base)), None)
