"""What makes no difference when texts are compared, and what does."""

import opencc
import pytest

from support import c3_folder
from xiangsheng.corpus.reading import read
from xiangsheng.text.comparing import fold, fold_lines, origins


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("您好，先生！", "您好先生"),
        ("ＡＢＣ１２３", "abc123"),
        ("第一——第二……", "第一 第二"),
        ("「怎麼說？」", "“怎么说？”"),
        ("裡外都聽著", "里外都听着"),  # Taiwan
        ("裏外都聽着", "里外都听着"),  # Hong Kong
        ("我知道了\u3000", "\ufeff我知道了\u200b"),
        ("cafe\u0301", "CAFÉ"),
        ("ﬁ㎏", "fikg"),
    ],
)
def test_two_ways_of_writing_are_one(one: str, other: str) -> None:
    assert fold(one) == fold(other) != ""


@pytest.mark.parametrize(("one", "other"), [("他说", "她说"), ("十", "10"), ("哎呀", "哎哟")])
def test_other_words_are_others(one: str, other: str) -> None:
    assert fold(one) != fold(other)


def test_the_way_back() -> None:
    assert fold("“㎏”，好。") == "kg好"
    assert origins("“㎏”，好。") == [1, 1, 4]


def test_nothing_but_signs_is_nothing() -> None:
    assert fold("……？！😂\ud800") == ""
    assert origins("……？！😂\ud800") == []


@pytest.mark.real_data
@pytest.mark.parametrize("region", ["s2t", "s2tw", "s2hk"])
def test_real_lines_made_traditional_come_back(region: str) -> None:
    """All but one character in a thousand."""
    text = "".join(
        line.text
        for script in read(c3_folder() / "test_filter_50x20.txt").scripts
        for line in script.lines
    )
    other = opencc.OpenCC(region).convert(text)
    pairs = [(fold(a), fold(b)) for a, b in zip(text, other, strict=True)]
    assert sum(a != b for a, b in zip(text, other, strict=True)) > len(text) / 5
    assert sum(a != b for a, b in pairs) < len(text) / 1000


@pytest.mark.parametrize(
    "texts", [[], [""], ["", "您好！\n再见。"], ["一，\n\n二", "\0三\0。", "\0"], ["a\r\nB"]]
)
def test_many_texts_are_folded_line_by_line(texts: list[str]) -> None:
    folded = ["\n".join(map(fold, text.split("\n"))) for text in texts]
    assert fold_lines(texts) == folded
