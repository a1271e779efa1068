"""Capitals and small letters, counted fast in text that is mostly Chinese."""

import re

_CAPITALS = bytes(range(ord("A"), ord("Z") + 1))
_LETTERS = _CAPITALS + _CAPITALS.lower()
_OTHERS = bytes(byte for byte in range(256) if byte not in _LETTERS)

# Where letters with cases stand beyond ASCII, a little more than them: each hit is asked for itself.
CASED = re.compile(
    "[\xaa-\u058f\u10a0-\u1fff\u2071-\u2188\u2c00-\u2dff\ua640-\uabbf\ufb00-\ufb17\uff21-\uff5a"
    "\U00010400-\U0001ffff]+"
)
# The same in UTF-8, by first byte. Those of E2 and EF also begin Chinese punctuation.
_LEADS = frozenset((*range(0xC2, 0xD7), 0xE1, 0xEA, 0xF0))
_NOT_LEADS = bytes(byte for byte in range(256) if byte not in _LEADS)
_E2 = re.compile(rb"\xe2[\x81-\x86\xb0-\xb7]")
_EF = re.compile(rb"\xef(?:\xac|\xbc[\xa1-\xbf]|\xbd[\x80-\x9a])")


def letters(text: str) -> tuple[int, int, int]:
    """Capitals, small letters, and about how many Chinese characters, which are neither.

    Capitals and small letters are those that `str.isupper` and `str.islower` say yes to, and
    `str.isalpha` too: no Ⓐ and no ⅳ.
    """
    data = text.encode("utf-8", "surrogatepass")
    wide = (len(data) - len(text)) // 2  # each takes three bytes
    ascii_letters = data.translate(None, _OTHERS)
    capitals = len(ascii_letters) - len(ascii_letters.translate(None, _CAPITALS))
    small = len(ascii_letters) - capitals
    if data.translate(None, _NOT_LEADS) or _E2.search(data) or _EF.search(data):
        for letter in "".join(CASED.findall(text)):
            capitals += letter.isalpha() and letter.isupper()
            small += letter.isalpha() and letter.islower()
    return capitals, small, wide
