"""The ladder's tokenizer on any text and any tokens."""

from hypothesis import given
from hypothesis import strategies as st

from xiangsheng.tokens.ladder import Decoder, LadderTokenizer

LADDER = LadderTokenizer()

TEXTS = st.text(st.characters(exclude_categories=["Cs"])) | st.text(
    "甲：你好，說𠮷🙂\r\n\u2028<|end>"
)
BYTES = st.integers(0, 255)
RARE = st.sampled_from([*"說𠮷🙂é".encode()])  # the bytes of characters, in any order
SPECIALS = st.integers(LADDER.end, LADDER.size - 1)
IDS = st.lists(BYTES | RARE | SPECIALS | st.integers(0, LADDER.size - 1))


@given(TEXTS)
def test_every_text_comes_back(text: str) -> None:
    ids = LADDER.encode(text)
    assert LADDER.decode(ids) == text
    assert LADDER.count(text) == len(ids)
    assert all(0 <= number < LADDER.end for number in ids)


@given(st.text())
def test_what_is_no_text_is_no_error(text: str) -> None:
    assert LADDER.decode(LADDER.encode(text)) == text.encode("utf-8", "surrogatepass").decode(
        "utf-8", "replace"
    )


@given(st.lists(TEXTS, max_size=5))
def test_parts_of_a_text_are_encoded_alike(parts: list[str]) -> None:
    assert LADDER.encode("".join(parts)) == [n for part in parts for n in LADDER.encode(part)]


@given(IDS)
def test_one_by_one_is_all_at_once(ids: list[int]) -> None:
    decoder = Decoder()
    assert "".join(map(decoder.push, ids)) + decoder.finish() == LADDER.decode(ids)


@given(IDS)
def test_only_bytes_wait_for_one_another(ids: list[int]) -> None:
    """Between tokens of which one is no byte, a text may be cut and its parts decoded alone."""
    parts: list[list[int]] = [[]]
    for number in ids:
        if number >= 256 or (parts[-1] and parts[-1][-1] >= 256):
            parts.append([])
        parts[-1].append(number)
    assert "".join(map(LADDER.decode, parts)) == LADDER.decode(ids)
