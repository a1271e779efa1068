"""Capitals and small letters, counted fast in text that is mostly Chinese."""

import re
from dataclasses import dataclass

_CAPITALS = bytes(range(ord("A"), ord("Z") + 1))
_LETTERS = _CAPITALS + _CAPITALS.lower()
_OTHERS = bytes(byte for byte in range(256) if byte not in _LETTERS)
_NOT_CHINESE = bytes(byte for byte in range(256) if not 0xE3 <= byte <= 0xE9)

# Where letters with cases stand beyond ASCII, a little more than them: each hit is asked for itself.
CASED = re.compile(
    "[\xaa-\u058f\u10a0-\u1fff\u2071-\u2188\u2c00-\u2dff\ua640-\uabbf\ufb00-\ufb17\uff21-\uff5a"
    "\U00010400-\U0001ffff]+"
)


@dataclass(slots=True)
class Letters:
    """Capitals and small letters as `str.isupper` and `str.islower` have it.

    `wide` are Chinese characters, kana and their punctuation, which are neither. `unseen` are
    characters beyond ASCII of which some may be letters that were not counted.
    """

    capitals: int = 0
    small: int = 0
    wide: int = 0
    unseen: int = 0

    def add(self, text: str, *, exactly: bool = False) -> None:
        """Where Chinese prevails, letters beyond ASCII stay unseen unless wanted `exactly`."""
        data = text.encode("utf-8", "surrogatepass")
        letters = data.translate(None, _OTHERS)
        capitals = len(letters) - len(letters.translate(None, _CAPITALS))
        wide = len(data.translate(None, _NOT_CHINESE))
        self.capitals += capitals
        self.small += len(letters) - capitals
        self.wide += wide
        if not exactly and len(letters) < wide:
            self.unseen += (len(data) - len(text)) - 2 * wide
        elif not text.isascii():
            for letter in "".join(CASED.findall(text)):
                self.capitals += letter.isalpha() and letter.isupper()
                self.small += letter.isalpha() and letter.islower()

    def absorb(self, later: "Letters") -> None:
        self.capitals += later.capitals
        self.small += later.small
        self.wide += later.wide
        self.unseen += later.unseen

    @property
    def shouting(self) -> bool:
        """More than a third capitals, in a text of which letters are the greater part."""
        return self._shouting(0, 0)

    @property
    def in_doubt(self) -> bool:
        """Whether what was not seen could change that."""
        may = {self._shouting(self.unseen, 0), self._shouting(0, self.unseen)}
        return self.unseen > 0 and may != {self.shouting}

    def _shouting(self, capitals: int, small: int) -> bool:
        capitals, small = self.capitals + capitals, self.small + small
        return capitals * 2 > small and capitals + small >= self.wide
