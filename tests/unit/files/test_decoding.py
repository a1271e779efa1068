"""Encodings: what is recognised, what is refused, and where a refusal points."""

import codecs

import pytest

from xiangsheng.core.errors import DataError, UsageError
from xiangsheng.files.decoding import decode

SIMPLIFIED = "甲：您听说过电话里的智能管家吗？\n乙：听说过，可我没敢用，贵吧？\n"
TRADITIONAL = "甲：您聽說過電話裡的智能管家嗎？\n乙：聽說過，可我沒敢用，貴吧？\n「好」！\n"
RARE = "甲：𠮷野家的“𰻝𰻝面”，１碗多少錢？\n乙：两块——五！\n"


@pytest.mark.parametrize(
    ("encoding", "mark"),
    [
        ("utf-8", codecs.BOM_UTF8),
        ("utf-16-le", codecs.BOM_UTF16_LE),
        ("utf-16-be", codecs.BOM_UTF16_BE),
        ("utf-32-le", codecs.BOM_UTF32_LE),
        ("utf-32-be", codecs.BOM_UTF32_BE),
    ],
)
@pytest.mark.parametrize("text", [SIMPLIFIED, TRADITIONAL, RARE, ""])
def test_a_byte_order_mark_decides_and_is_no_text(encoding: str, mark: bytes, text: str) -> None:
    decoded = decode(mark + text.encode(encoding), "a.txt")
    assert (decoded.text, decoded.encoding, decoded.detected) == (text, encoding, False)


@pytest.mark.parametrize("text", [SIMPLIFIED, TRADITIONAL, RARE])
@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_utf8_and_gb18030_need_no_mark(encoding: str, text: str) -> None:
    decoded = decode(text.encode(encoding), "a.txt")
    assert (decoded.text, decoded.encoding) == (text, encoding)


def test_big5_is_not_taken_for_gb18030_although_it_decodes() -> None:
    data = (TRADITIONAL * 3).encode("big5")
    assert data.decode("gb18030") != TRADITIONAL * 3
    decoded = decode(data, "a.txt")
    assert (decoded.text, decoded.detected) == (TRADITIONAL * 3, True)


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("shift_jis", "こんにちは、元気ですか。はい、元気です。\n" * 3),
        ("euc_kr", "안녕하세요 반갑습니다 오늘 날씨가 좋네요\n" * 3),
        ("cp1252", "Très bien, où êtes-vous allé? Voilà un café à la crème.\n" * 3),
    ],
)
def test_other_languages_never_come_out_as_rare_chinese(encoding: str, text: str) -> None:
    try:
        decoded = decode(text.encode(encoding), "a.txt")
    except DataError as error:
        answer = error.hint.partition("--encoding")[1]
    else:
        answer = "guessed" if decoded.detected else decoded.text
    assert answer in {"--encoding", "guessed"}


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf16_without_a_mark_is_refused_with_its_name(encoding: str) -> None:
    with pytest.raises(DataError) as refused:
        decode(SIMPLIFIED.encode(encoding), "a.txt")
    assert refused.value.hint.endswith(f"--encoding {encoding}")
    assert decode(SIMPLIFIED.encode(encoding), "a.txt", encoding).text == SIMPLIFIED


def test_binary_is_refused_at_the_first_nul() -> None:
    with pytest.raises(DataError, match="a NUL at byte 8") as refused:
        decode(b"\x89PNG\n\x1a\n\x01\0\x02", "a.txt")
    assert refused.value.where == "a.txt:3"


def test_what_nothing_decodes_is_refused_with_byte_and_line() -> None:
    with pytest.raises(DataError, match=r"byte 8 \(ff ff\)") as refused:
        decode("你好\n".encode() + b"\n\xff\xff", "a.txt")
    assert refused.value.where == "a.txt:3"
    assert "--encoding" in refused.value.hint


def test_bytes_after_a_mark_are_counted_from_the_beginning_of_the_file() -> None:
    with pytest.raises(DataError, match=r"byte 6 \(ff\)"):
        decode(codecs.BOM_UTF8 + b"ab\n\xff", "a.txt")


def test_a_named_encoding_is_obeyed_or_refused() -> None:
    assert decode(SIMPLIFIED.encode("gbk"), "a.txt", "gbk").text == SIMPLIFIED
    assert decode(codecs.BOM_UTF8 + b"ab", "a.txt", "utf-8").text == "ab"
    with pytest.raises(DataError, match="not text in utf-8"):
        decode(SIMPLIFIED.encode("gbk"), "a.txt", "utf-8")
    for unknown in ("klingon", "hex"):
        with pytest.raises(UsageError, match=unknown):
            decode(b"ab", "a.txt", unknown)


def test_a_nul_character_is_refused_in_every_encoding() -> None:
    with pytest.raises(DataError, match="NUL character") as refused:
        decode(codecs.BOM_UTF16_LE + "a\nb\0".encode("utf-16-le"), "a.txt")
    assert refused.value.where == "a.txt:2"
