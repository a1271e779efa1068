"""What a person types at a proposed window: one key and Enter, and what it means."""

import re
import unicodedata
from enum import Enum, auto

from xiangsheng.cli.language import say
from xiangsheng.core.words import Words
from xiangsheng.corpus.choosing import Accept, Action, Back, Quit, Rewrite, Shift, Skip

KEYS = say(
    "[a]ccept [s]kip [+-]shift [e]dit [b]ack [q]uit [?]help",
    "[a]采用 [s]跳过 [+-]移动 [e]编辑 [b]返回 [q]退出 [?]帮助",
)

HELP = (
    ("a", say("accept the window as it is shown", "照现在的样子采用")),
    (
        "s",
        say(
            "skip the script; s REASON at once, else you are asked for one",
            "跳过这个剧本；可以直接写 s 理由，不写会再问",
        ),
    ),
    (
        "+ -",
        say(
            "the window one line later, one earlier; +5 by five", "窗口往后、往前移一行；+5 移五行"
        ),
    ),
    (
        "e",
        say(
            "all lines in your editor (VISUAL or EDITOR); e 43 TEXT gives line 43 a new text, e 43 "
            "the old one",
            "用编辑器（VISUAL 或 EDITOR）改全部台词；e 43 文字 改第 43 行，e 43 恢复原文",
        ),
    ),
    ("b", say("back to the script decided before", "返回上一个决定过的剧本")),
    ("q", say("quit; the same command goes on here", "退出；再次输入同一条命令就接着来")),
)


class Asked(Enum):
    """What needs more than the line that was typed."""

    HELP = auto()
    REASON = auto()
    EDITOR = auto()


_SHIFT = re.compile(r"([+-])([1-9]\d{0,5})?")
_NUMBER = re.compile(r"(\d{1,6})(?:\s+(.*))?", re.DOTALL)


def meant(typed: str) -> Action | Asked | Words:
    """The action, or what is still needed for it, or why it is none.

    Keys are taken in either case and width, as a Chinese input method may leave them; a reason or
    a line's text is taken as it stands.
    """
    word, rest = (*typed.split(maxsplit=1), "", "")[:2]
    key, rest = unicodedata.normalize("NFKC", word).lower(), rest.strip()
    if not rest and (found := _SHIFT.fullmatch(key)):
        steps = int(found[2] or 1)
        return Shift(steps if found[1] == "+" else -steps)
    if key == "s":
        return Skip(rest) if rest else Asked.REASON
    if key == "e":
        return _rewrite(rest) if rest else Asked.EDITOR
    simple: dict[str, Action | Asked] = {"a": Accept(), "b": Back(), "q": Quit(), "?": Asked.HELP}
    if rest or key not in simple:
        return Words("没有这个键；输入 ? 看帮助", "there is no such key; ? shows them")
    return simple[key]


def _rewrite(rest: str) -> Action | Words:
    found = _NUMBER.fullmatch(rest)
    if found is None:
        return Words("写成：e 行号 新的文字", "write it as: e NUMBER new text")
    return Rewrite({int(found[1]): found[2] or ""})
