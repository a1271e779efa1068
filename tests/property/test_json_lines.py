"""Lines read in blocks are what reading them one by one gives; what is written comes back."""

import json
from dataclasses import replace
from io import BytesIO
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xiangsheng.core.errors import DataError
from xiangsheng.files import json_lines as module
from xiangsheng.files.json_lines import Bad, Block, blocks, escaped, json_lines
from xiangsheng.files.json_rows import parse_json

FIELDS = ("prompt", "completion")
KEYS = st.sampled_from([(), FIELDS, ("messages",)])
SIZES = st.integers(1, 64)

# Everything that means something to JSON or to the joints of the fast writer, and what is beyond it.
TEXT = st.text(
    st.characters(exclude_categories=["Cs"]) | st.sampled_from('\0\1\2\t\n\r\x1f\x7f"\\/')
)
VALUE = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=5,
)
PAIR = st.fixed_dictionaries({"prompt": TEXT, "completion": TEXT})
CHAT = st.fixed_dictionaries({"messages": st.lists(st.fixed_dictionaries({"role": TEXT}))})
GOOD = st.builds(
    lambda value, ascii_only: json.dumps(value, ensure_ascii=ascii_only).encode(),
    PAIR | CHAT | VALUE,
    st.booleans(),
)
ODD = st.sampled_from(
    [
        b"",
        b" \t ",
        b"{}",
        b'{"prompt":"","completion":""',
        b'{"prompt":1,"prompt":2}',
        b'{"prompt":"","prompt":"","a":"\\"completion\\""}',
        b'{"pr\\u006fmpt":1,"prompt":2,"completion":3}',
        b'{"prompt":"\\ud800","completion":""}',
        b'{"prompt":"\xed\xa0\x80","completion":""}',
        b'{"prompt":"\xff","completion":""}',
        b'{"prompt":"\0","completion":""}',
        b"\xef\xbb\xbf{}",
        b"[" * 2000,
        b"[" * 500 + b"]" * 500,
        b"NaN",
        b'{"prompt":Infinity,"completion":1e999}',
        b"123456789012345678901234567890",
        b'{"prompt":18446744073709551616,"completion":1.10}',
        b"nul",
        b"1 2",
    ]
)
LINE = GOOD | ODD | st.binary(max_size=12).map(lambda data: data.replace(b"\n", b""))
LINES = st.lists(LINE, max_size=8)
ENDED = st.sampled_from([0, 1])  # ends of the last line
ENDS = st.sampled_from([b"\n", b"\r\n"])


def one_by_one(data: bytes) -> tuple[list[tuple[int, Any]], list[int]]:
    """The values with their lines, and the lines that are bad, the slow and obvious way."""
    values, bad = [], []
    for number, line in enumerate(data.split(b"\n"), 1):
        if line.strip():
            try:
                values.append((number, parse_json(line.decode(), "")))
            except (UnicodeDecodeError, DataError):
                bad.append(number)
    return values, bad


def read(data: bytes, keys: tuple[str, ...], size: int) -> list[Block]:
    return list(blocks(BytesIO(data), keys, size))


def values_of(found: list[Block]) -> list[tuple[int, Any]]:
    return [
        (line, value)
        for block in found
        for line, value in zip(block.lines, block.values, strict=True)
    ]


def bad_of(found: list[Block]) -> list[Bad]:
    return [bad for block in found for bad in block.bad]


def exact(value: Any) -> str:
    """1, 1.0 and True are equal and not the same."""
    return json.dumps(value, sort_keys=True)


@given(LINES, ENDS, ENDED, KEYS, SIZES)
def test_blocks_are_lines_wherever_their_borders_fall(
    lines: list[bytes], end: bytes, last: int, keys: tuple[str, ...], size: int
) -> None:
    data = end.join(lines) + end * last
    found = [block.strict() for block in read(data, keys, size)]
    values, bad = one_by_one(data)
    assert [(line, exact(value)) for line, value in values_of(found)] == [
        (line, exact(value)) for line, value in values
    ]
    assert [one.line for one in bad_of(found)] == bad
    assert all(one.column >= 1 and one.reason for one in bad_of(found))


@given(st.lists(GOOD, max_size=8), KEYS, SIZES)
def test_what_is_read_fast_is_what_is_read_strictly(
    lines: list[bytes], keys: tuple[str, ...], size: int
) -> None:
    """But for whole numbers of more than 64 bits, which only the strict reader has exactly."""
    data = b"\n".join(lines)
    fast = values_of(read(data, keys, size))
    strict = values_of([block.strict() for block in read(data, keys, size)])
    assert [line for line, _ in fast] == [line for line, _ in strict]
    for (_, one), (_, other) in zip(fast, strict, strict=True):
        assert one == other or exact(one) == exact(rounded(other))


def rounded(value: Any) -> Any:
    match value:
        case int() if value.bit_length() > 63:
            return float(value)
        case list():
            return [rounded(one) for one in value]
        case dict():
            return {key: rounded(one) for key, one in value.items()}
    return value


@given(st.lists(PAIR, min_size=1, max_size=8), SIZES)
def test_a_key_that_is_there_twice_is_always_told(rows: list[dict[str, str]], size: int) -> None:
    lines = [json.dumps(row, ensure_ascii=False) for row in rows]
    lines[-1] = lines[-1][:-1] + ',"prompt":"again"}'
    (bad,) = bad_of(read("\n".join(lines).encode(), FIELDS, size))
    assert bad.line == len(rows)
    assert "'prompt' twice" in bad.reason


@given(st.lists(st.integers(0, 200), min_size=1, max_size=8), SIZES, ENDED)
def test_a_line_is_too_long_from_one_length_on(lengths: list[int], size: int, last: int) -> None:
    longest = 64
    data = b"\n".join(b"7" * length for length in lengths) + b"\n" * last
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "LONGEST_LINE", longest)
        found = read(data, (), size)
    assert [line for line, _ in values_of(found)] == [
        number for number, length in enumerate(lengths, 1) if 0 < length <= longest
    ]
    assert [(bad.line, bad.reason.split()[3]) for bad in bad_of(found)] == [
        (number, str(length)) for number, length in enumerate(lengths, 1) if length > longest
    ]


@given(st.binary(max_size=60), SIZES)
def test_a_line_that_is_no_utf8_makes_its_block_undecodable(data: bytes, size: int) -> None:
    found = read(data, (), size)
    undecodable = False
    for line in data.split(b"\n"):
        try:
            line.decode()
        except UnicodeDecodeError:
            undecodable = True
    assert any(block.undecodable for block in found) == undecodable


@given(st.lists(TEXT, max_size=6))
def test_escaped_texts_are_what_json_reads_back(texts: list[str]) -> None:
    spelt = escaped(texts)
    assert [json.loads(f'"{one}"') for one in spelt] == texts
    assert not any(set(map(chr, range(0x20))) & set(one) for one in spelt)


@given(st.lists(st.tuples(TEXT, TEXT), max_size=6))
def test_lines_that_are_written_are_read_back(rows: list[tuple[str, str]]) -> None:
    firsts, seconds = [one for one, _ in rows], [other for _, other in rows]
    data = json_lines(FIELDS, firsts, seconds)
    assert data.endswith(b"\n") or not rows
    (*lines, rest) = data.split(b"\n")
    assert rest == b""
    assert [tuple(json.loads(line).values()) for line in lines] == rows
    assert all(list(json.loads(line)) == list(FIELDS) for line in lines)


@given(st.lists(st.tuples(TEXT, TEXT), min_size=1, max_size=6), SIZES)
def test_what_is_written_is_read_fast(rows: list[tuple[str, str]], size: int) -> None:
    data = json_lines(FIELDS, *map(list, zip(*rows, strict=True)))
    found = read(data, FIELDS, size)
    assert [tuple(value.values()) for _, value in values_of(found)] == rows
    assert [line for line, _ in values_of(found)] == list(range(1, len(rows) + 1))


def test_the_characters_of_json_one_by_one() -> None:
    every = [chr(code) for code in (*range(0x80), 0x85, 0x2028, 0x2029, 0xFEFF, 0x1F600)]
    for text in every:
        (line,) = json_lines(FIELDS, [text], [text]).splitlines()
        assert json.loads(line) == {"prompt": text, "completion": text}
    for ending in ("", "\0", "\1"):
        texts = [text + ending for text in every]
        assert [json.loads(f'"{one}"') for one in escaped(texts)] == texts


def test_a_block_that_was_read_strictly_stays_as_it_is() -> None:
    (block,) = read(b'{"a":1,"a":2}\n{"b":1}\n', FIELDS, 64)
    assert block.strict() == replace(block) == block
