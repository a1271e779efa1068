"""Dialogues to choose windows from, as long as wanted. Every line is made here."""

from pathlib import Path

from xiangsheng.core.script import Line, Provenance, Script, Speaker
from xiangsheng.corpus.writing import write_scripts

WHERE = "东南西北"
WHAT = "买菜看戏钓鱼下棋爬山划船喝茶听书"


def line(of: str, number: int) -> str:
    """Eight to eleven characters that no other script and no other place has."""
    what = WHAT[number % 8 * 2 :][:2]
    return f"{of}去{WHERE[number % 4]}边{what}第{number}回。"


def dialogue(id_: str, lines: int = 40, first: str = "0") -> Script:
    """Speakers take turns from `first`, whose label is `0` all the same if it is the first line."""
    labels = "01" if first == "0" else "10"
    return Script(
        id=id_,
        title=f"大话{id_}",
        lines=tuple(Line(labels[n % 2], line(id_, n + 1)) for n in range(lines)),
        genre="对口相声",
        speakers=(Speaker("0", "甲"), Speaker("1", "乙")),
        provenance=Provenance("自编", "CC0"),
    )


def corpus(folder: Path, count: int = 6, lines: int = 40) -> tuple[Script, ...]:
    """Writes so many dialogues to a folder, with the ids `1`, `2`, …."""
    scripts = tuple(dialogue(str(n), lines) for n in range(1, count + 1))
    write_scripts(scripts, folder)
    return scripts
