"""How dialogues lie about in the world: with labels of many kinds, or none."""

from xiangsheng.core.script import Script

LAYOUTS: tuple[tuple[str, str], ...] = (
    ("", ""),
    ("甲：", "乙："),
    ("", ""),
    ("0:", "1:"),
)
"""Labels of the first speaker and of the second, by turns."""


def laid_out(script: Script, number: int) -> str:
    """A script's lines in one of the layouts, without a title."""
    first, second = LAYOUTS[number % len(LAYOUTS)]
    labels = {"0": first, "1": second}
    return "".join(f"{labels[line.speaker]}{line.text}\n" for line in script.lines)
