"""The two READMEs say the same things in the same order."""

import re

from support import ROOT

FENCE = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)


def outline(name: str) -> tuple[list[int], list[str]]:
    """The levels of the headings, and the languages of the code blocks, in order."""
    text = (ROOT / name).read_text(encoding="utf-8")
    blocks = FENCE.findall(text)
    headings = re.findall(r"^(#+) ", FENCE.sub("", text), re.MULTILINE)
    return [len(marks) for marks in headings], [block.splitlines()[0] for block in blocks]


def test_both_languages_have_the_same_outline() -> None:
    headings, blocks = outline("README.md")
    assert headings
    assert blocks
    assert outline("README.zh-CN.md") == (headings, blocks)
