"""Bytes to text: byte order mark, strict UTF-8, strict GB18030, a detector, else ask.

GB18030 gives a character to almost every pair of bytes, so its result is believed only when it
reads like Chinese. NUL bytes mean UTF-16 without a mark, or no text at all: both are refused,
because a wrong guess would turn into training data.
"""

import codecs
import unicodedata
from dataclasses import dataclass

from xiangsheng.core.errors import DataError, UsageError

ASK = "say which encoding it is with --encoding, for example --encoding big5"

# What Python calls encodings too, and no file of text is in.
_SPELLINGS = {"unicode-escape", "raw-unicode-escape", "idna", "punycode", "undefined"}

# The UTF-32 marks come first: the little-endian one begins with that of UTF-16.
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)

# More than an eighth of the Han characters in every real script; less than a two-hundredth in the
# same text written as Big5, Shift JIS or EUC-KR and read as GB18030. 啊, though common, is left
# out: in Korean its bytes are 가.
_COMMON = frozenset(
    "的一是不了在有人我他这這个個们們来來上大为為和到以说說时時要就会會可也你对對能子那得着下"
    "过過后後里裡用么麼什好没沒还還怎吗嗎您"
)
_COMMON_SHARE = 0.05
_ENOUGH_HAN = 20
_BEYOND_ASCII = bytes(range(0x80, 0x100))
_PLACES = 10


@dataclass(frozen=True, slots=True)
class Decoded:
    """`text` without a byte order mark; `detected` where the encoding is the detector's guess."""

    text: str
    encoding: str
    detected: bool = False


def decode(data: bytes, name: str, encoding: str | None = None) -> Decoded:
    """The text in `data`; `name` is the file's, for messages.

    Raises DataError with the byte offset and the line where the bytes stop making sense, and
    UsageError for an `encoding` that Python does not know.
    """
    decoded = _named(data, name, encoding) if encoding else _recognised(data, name)
    if "\0" in decoded.text:
        line = decoded.text[: decoded.text.index("\0")].count("\n") + 1
        raise DataError(
            f"a NUL character: this is not text in {decoded.encoding}",
            where=f"{name}:{line}",
            hint=ASK,
            code="encoding",
        )
    return decoded


def _named(data: bytes, name: str, encoding: str) -> Decoded:
    try:
        known = codecs.lookup(encoding).name not in _SPELLINGS
        text = data.decode(encoding if known else "no encoding")
        text.encode()  # some encodings, such as utf-7, can name half a character
    except LookupError as error:
        raise UsageError(
            f"there is no text encoding {encoding!r}",
            hint="utf-8, gb18030, big5 and utf-16 are the usual ones",
            code="encoding",
        ) from error
    except UnicodeError as error:
        raise _undecodable(data, name, encoding, error) from error
    return Decoded(text.removeprefix("\ufeff"), encoding)


def _recognised(data: bytes, name: str) -> Decoded:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            try:
                return Decoded(data[len(mark) :].decode(encoding), encoding)
            except UnicodeDecodeError as error:
                raise _undecodable(data[len(mark) :], name, encoding, error, len(mark)) from error
    if b"\0" in data:
        raise _nul_bytes(data, name)
    try:
        return Decoded(data.decode("utf-8"), "utf-8")
    except UnicodeDecodeError as error:
        not_utf8 = _undecodable(data, name, "utf-8", error)
    _refuse_damaged(data, name)
    try:
        text = data.decode("gb18030")
    except UnicodeDecodeError:
        pass
    else:
        if _reads_like_chinese(text):
            return Decoded(text, "gb18030")
    detected = _detected(data)
    if detected is None:
        raise not_utf8
    return detected


def _refuse_damaged(data: bytes, name: str) -> None:
    """DataError for UTF-8 with a few bad bytes, which other encodings would turn into nonsense."""
    text = data.decode("utf-8", "replace")
    bad = text.count("\ufffd")
    if len(text) - bad - len(data.translate(None, _BEYOND_ASCII)) <= bad:
        return
    places = [number for number, line in enumerate(data.split(b"\n"), 1) if not _is_utf8(line)]
    more = ", …" if len(places) > _PLACES else ""
    raise DataError(
        f"text in utf-8 with other bytes on {len(places):,} of its lines: "
        f"{', '.join(map(str, places[:_PLACES]))}{more}",
        where=f"{name}:{places[0]}",
        hint="correct these lines, or say another encoding with --encoding",
        code="encoding",
    )


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode()
    except UnicodeDecodeError:
        return False
    return True


def _reads_like_chinese(text: str) -> bool:
    if not _printable(text):
        return False
    han = [character for character in text if "\u4e00" <= character <= "\u9fff"]
    common = sum(character in _COMMON for character in han)
    return len(han) < _ENOUGH_HAN or common >= _COMMON_SHARE * len(han)


def _printable(text: str) -> bool:
    """No control characters but line ends and tabs, nothing private or unassigned."""
    return all(
        character in "\t\n\r\f\v" or unicodedata.category(character) not in {"Cc", "Co", "Cn"}
        for character in set(text)
    )


def _detected(data: bytes) -> Decoded | None:
    """The detector's guess, where it found a language in it; without one it guesses on noise."""
    from charset_normalizer import from_bytes

    best = from_bytes(data).best()
    if best is None or best.coherence <= 0:
        return None
    text = str(best)
    return Decoded(text, best.encoding, detected=True) if _printable(text) else None


def _undecodable(
    data: bytes, name: str, encoding: str, error: UnicodeError, skipped: int = 0
) -> DataError:
    start = error.start if isinstance(error, UnicodeDecodeError) else 0
    line = data[:start].decode(encoding, "ignore").count("\n") + 1
    shown = data[start : start + 4].hex(" ")
    return DataError(
        f"not text in {encoding}: byte {start + skipped} ({shown}) does not decode",
        where=f"{name}:{line}",
        hint=ASK,
        code="encoding",
    )


def _nul_bytes(data: bytes, name: str) -> DataError:
    offset = data.index(b"\0")
    hint = ASK
    # In UTF-16 a line feed is 0A 00 or 00 0A, at an even offset.
    for end, encoding in ((b"\n\0", "utf-16-le"), (b"\0\n", "utf-16-be")):
        if len(data) % 2 == 0 and any(data[i : i + 2] == end for i in range(0, len(data), 2)):
            hint = f"if it is text, it looks like UTF-16 without a mark: --encoding {encoding}"
    return DataError(
        f"a NUL at byte {offset}: not text, or UTF-16 without a byte order mark",
        where=f"{name}:{data[:offset].count(bytes([10])) + 1}",
        hint=hint,
        code="encoding",
    )
