"""Scripts made by hand, and what people do to them. Every line here was invented for this file."""

from collections.abc import Sequence
from random import Random

from xiangsheng.core.script import Line, Script

_TEXT = (
    "剃头挑子门口街坊昨儿下雨雨伞修鞋师傅徒弟茶馆伙计算盘账本掌柜月底房租搬家箱子邻居"
    "猫儿房顶梯子电灯拉线学堂先生戒尺毛笔墨汁衣裳裁缝尺寸胖瘦馒头蒸锅面粉发面碱水厨子"
)
_WORDS = [_TEXT[place : place + 2] for place in range(0, len(_TEXT), 2)]


def said(seed: int, words: int = 9) -> str:
    """A line of so many words that no other seed has in this order."""
    random = Random(seed)
    picked = [random.choice(_WORDS) for _ in range(words)]
    return "".join(picked[:4]) + "，" + "".join(picked[4:]) + "。"


def script(name: str, lines: Sequence[str]) -> Script:
    return Script(name, "", tuple(Line(str(n % 2), text) for n, text in enumerate(lines)))


def stranger(number: int, lines: int = 20) -> Script:
    """A script that shares no long run with a stranger of another number."""
    return script(f"s{number}", [said(1000 * number + place) for place in range(lines)])


def edited(text: str, random: Random, share: float = 0.1) -> str:
    """Characters left out, put in and exchanged, each with a third of the share."""
    found = []
    for character in text:
        drawn = random.random() / share
        if drawn >= 2 / 3:
            found.append(random.choice("东南西北上下左右春夏秋冬") if drawn < 1 else character)
        elif drawn >= 1 / 3:
            found += [character, random.choice("东南西北上下左右春夏秋冬")]
    return "".join(found) or text
