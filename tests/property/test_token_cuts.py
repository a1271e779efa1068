"""Cut texts have the pieces and the tokens of whole ones, for every expression that is cut for."""

from collections.abc import Callable
from itertools import product

import pytest
import regex
import tiktoken
from hypothesis import example, given, settings
from hypothesis import strategies as st

from xiangsheng.tokens.counting import Counter, counter_for
from xiangsheng.tokens.cutting import Cuts, after_breaks, before_breaks, part
from xiangsheng.tokens.exact import ExactCounter
from xiangsheng.tokens.openai import CL100K, O200K, P50K, R50K, Encoding

GPT2 = r"""'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"""
QWEN = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}"
    r"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)
PATTERNS: list[tuple[str, Cuts]] = [
    (R50K.pattern, R50K.cuts),
    (CL100K.pattern, CL100K.cuts),
    (O200K.pattern, O200K.cuts),
    (GPT2, before_breaks),
    (QWEN, after_breaks),
    (QWEN.replace(r"|\p{N}|", r"|\p{N}{1,3}|"), after_breaks),
]
TRICKY = "ab好1 \n\r\t。/'s-\u3000\u00a0\u0301\u2028\u0085\x1c\x0bÉǅ½"
TEXT = st.text(st.sampled_from(TRICKY), max_size=14)
TEXTS = st.lists(st.text(st.sampled_from("ab。/ \n"), max_size=8), max_size=8)


@pytest.mark.parametrize(("pattern", "cuts"), PATTERNS)
@settings(max_examples=1500)
@given(TEXT)
@example("'s\n's")
@example("。\n\n/\n/a")
@example("a \n\n b")
def test_parts_have_the_pieces_of_the_whole(pattern: str, cuts: Cuts, text: str) -> None:
    whole = regex.findall(pattern, text)
    assert "".join(whole) == text
    ((_, parts),) = part([text], cuts)
    assert [piece for one in parts for piece in regex.findall(pattern, one)] == whole


@pytest.mark.parametrize("cuts", [before_breaks, after_breaks])
@settings(max_examples=500)
@given(TEXTS)
def test_every_text_is_what_it_keeps_and_its_new_parts(cuts: Cuts, texts: list[str]) -> None:
    latest: list[str] = []
    for text, (kept, parts) in zip(texts, part(texts, cuts), strict=True):
        assert kept <= len(latest)
        latest = [*latest[:kept], *parts]
        assert "".join(latest) == text
        assert all(latest)
        assert [(0, latest)] == list(part([text], cuts))


@pytest.mark.parametrize("model", ["davinci", "text-davinci-003"])
@settings(max_examples=500)
@given(st.lists(TEXT, max_size=6))
def test_gpt_3_counts_are_those_of_whole_texts(model: str, texts: list[str]) -> None:
    same_as_whole(counter_for(model), texts)


@pytest.mark.parametrize("encoding", [R50K, P50K, CL100K, O200K], ids=lambda one: one.name)
@settings(max_examples=500)
@given(st.lists(st.text(st.sampled_from("ab。/ \n\r1"), max_size=14), max_size=6))
def test_tiktoken_finds_the_same_pieces(encoding: Encoding, texts: list[str]) -> None:
    same_as_whole(ExactCounter("tiny", TINY[encoding.name], encoding.cuts), texts)


def same_as_whole(counter: Counter, texts: list[str]) -> None:
    latest: list[list[int]] = []
    for text, (kept, pieces) in zip(texts, counter.pieces(texts), strict=True):
        latest = [*latest[:kept], *map(list, pieces)]
        assert [token for piece in latest for token in piece] == counter.encode(text)
    assert counter.count_all(texts) == [len(counter.encode(text)) for text in texts]


def tiny(encoding: Encoding) -> Callable[[str], list[int]]:
    """The encoding with a vocabulary that joins whatever it may, up to four bytes at a time."""
    ranks = {bytes((byte,)): byte for byte in range(256)}
    for joined in ("。", "。\n", "a。", " 。", "\n。"):
        for end in range(2, len(joined.encode()) + 1):
            ranks.setdefault(joined.encode()[:end], len(ranks))
    for length in (2, 3, 4):
        for bytes_ in product(b"ab/ \n\r1", repeat=length):
            ranks.setdefault(bytes(bytes_), len(ranks))
    made = tiktoken.Encoding(
        "tiny", pat_str=encoding.pattern, mergeable_ranks=ranks, special_tokens={}
    )
    return made.encode_ordinary


TINY = {encoding.name: tiny(encoding) for encoding in (R50K, P50K, CL100K, O200K)}
