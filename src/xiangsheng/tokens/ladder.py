"""The tokenizer of the ladder's models: one token for nearly every character that scripts use.

The vocabulary is fixed by Python's codecs and has seen no script: 256 bytes, ASCII, the Chinese
punctuation and full-width forms, the 3,755 characters of GB2312's level 1, and specials. Any
other character is its UTF-8 bytes.
"""

import codecs
from collections.abc import Iterable
from hashlib import sha256
from itertools import chain, groupby

END_OF_TEXT = "<|endoftext|>"
SPECIALS = (
    END_OF_TEXT,
    "<|system|>",
    "<|user|>",
    "<|assistant|>",
    "<|end|>",
    "<|reserved|>",
)


def _row(number: int, cells: int = 94) -> str:
    """The first `cells` characters of a row of GB2312, as `gbk` and `gb18030` read it."""
    pairs = (bytes((0xA0 + number, 0xA1 + cell)) for cell in range(cells))
    return b"".join(pairs).decode("gbk")


_ASCII = "".join(map(chr, range(0x20, 0x7F))) + "\t\n"
_LEVEL_1 = "".join(map(_row, range(16, 55))) + _row(55, 89)  # 座 is its last, 0xD7F9
# 0xA1A4 and 0xA1AA are · and — in `gbk`, these two in `gb2312`; texts have both, by their origin.
_OTHER_READINGS = b"\xa1\xa4\xa1\xaa".decode("gb2312")
_CHARACTERS = tuple(dict.fromkeys(_ASCII + _row(1) + _row(3) + _LEVEL_1 + _OTHER_READINGS))

_SHOWN = dict(
    enumerate((*(f"bytes:\\x{byte:02x}" for byte in range(256)), *_CHARACTERS, *SPECIALS))
)
_IDS = {shown: number for number, shown in _SHOWN.items()}
_SPECIAL_IDS = {name: _IDS[name] for name in SPECIALS}
_is_special = frozenset(_SPECIAL_IDS.values()).__contains__

_UTF8 = {byte: bytes((byte,)) for byte in range(256)}
_UTF8 |= {_IDS[char]: char.encode() for char in _CHARACTERS}


class _Spellings(dict[str, tuple[int, ...]]):
    """Each character's tokens; those of rare ones are made when asked for, and not kept."""

    def __missing__(self, char: str) -> tuple[int, ...]:
        return tuple(_utf8(char))


def _utf8(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


_SPELLINGS = _Spellings((char, (_IDS[char],)) for char in _CHARACTERS)


class LadderTokenizer:
    """Every text without lone surrogates comes back from its tokens as it was.

    Ids are ints below `size`; methods raise KeyError for any other, and for an unknown special.
    """

    name = "ladder"
    size = len(_SHOWN)
    end = _IDS[END_OF_TEXT]  # begins and ends a text
    digest = sha256("\0".join(_IDS).encode()).hexdigest()  # no token is shown with a NUL

    def special(self, name: str) -> int:
        """The id of one of SPECIALS, which are named with their bars and brackets."""
        return _SPECIAL_IDS[name]

    def encode(self, text: str) -> list[int]:
        """The tokens of `text`, never a special: `<|end|>` in a text is seven characters.

        A lone surrogate is no Unicode text. It becomes three bytes, which decode to U+FFFD.
        """
        return list(chain.from_iterable(map(_SPELLINGS.__getitem__, text)))

    def decode(self, ids: Iterable[int]) -> str:
        """The text of tokens. Specials have none; bytes that are not UTF-8 become U+FFFD.

        Bytes on both sides of a special never make one character.
        """
        return "".join(
            b"".join(map(_UTF8.__getitem__, run)).decode("utf-8", "replace")
            for special, run in groupby(ids, _is_special)
            if not special
        )

    def count(self, text: str) -> int:
        return len(self.encode(text))

    def token(self, number: int) -> str:
        r"""How a token is shown: its character, a special's name, or `bytes:\xe7` for a byte."""
        return _SHOWN[number]

    def id_of(self, token: str) -> int | None:
        """The token that is shown so, or that one character becomes; None if there is none."""
        if token in _IDS:
            return _IDS[token]
        spelling = _utf8(token)
        return spelling[0] if len(spelling) == 1 else None


class Decoder:
    """Tokens to text one by one; together the pieces are what `LadderTokenizer.decode` gives."""

    def __init__(self) -> None:
        self._utf8 = codecs.getincrementaldecoder("utf-8")("replace")

    def push(self, number: int) -> str:
        """The text that this token completes, empty while a character lacks bytes.

        Bytes that can no longer become a character are given as U+FFFD, before what follows them.
        """
        if _is_special(number):
            return self.finish()
        return self._utf8.decode(_UTF8[number])

    def finish(self) -> str:
        """What is left of an incomplete character, as U+FFFD."""
        return self._utf8.decode(b"", final=True)
