"""What sites add goes; what an actor might say stays."""

import pytest

from support import c3_folder
from xiangsheng.corpus.footers import footer_start, is_footer
from xiangsheng.corpus.reading import read


@pytest.mark.parametrize(
    "text",
    [
        "本文来自某某网",
        "文章转载自：http://a.example/1.html",
        "转载请注明出处",
        "版权作品 转载须注明来源",
        "上一页 1 2 3 下一页",
        "首页 | 下一页",
        "责任编辑：小王",
        "上一篇：大话",
    ],
)
def test_what_nobody_says_is_a_footer_anywhere(text: str) -> None:
    assert is_footer(text, edge=False)


@pytest.mark.parametrize(
    "text",
    [
        "www.a-b.example/1?c=d",
        "网址：http://a.example",
        "下一页",
        "来源：某某相声网",
        "未经作者许可，请勿转载",
        "版权归某某网所有",
        "Copyright 2022",
        "更多相声剧本尽在某某网",
    ],
)
def test_what_somebody_might_say_is_one_near_an_end(text: str) -> None:
    assert is_footer(text, edge=True)
    assert not is_footer(text, edge=False)


@pytest.mark.parametrize(
    "text",
    [
        "来源：我不知道。",
        "这版权归谁啊？",
        "您说的，转载请注明出处！",
        "1 2 3",
        "我上网查了，www.a.example",
        "翻到下一页！",
        "本文我写的",
        "作者：老舍",
        "",
    ],
)
def test_what_is_said_is_none(text: str) -> None:
    assert not is_footer(text, edge=True)
    assert footer_start(text) == len(text)


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("谢谢大家!本文来自某某网", "谢谢大家!"),
        ("打球老赢!本文自", "打球老赢!"),
        ("您好!某某网-www.a.example原创", "您好!"),
        ("再见！（转载请注明某某网）", "再见！"),
        ("好!本文自有妙用", "好!本文自有妙用"),
        ("您转载请注明我的名字", "您转载请注明我的名字"),
        ("请登录www.a.example", "请登录www.a.example"),
    ],
)
def test_what_was_glued_to_a_line_is_cut_off(text: str, kept: str) -> None:
    assert text[: footer_start(text)] == kept


@pytest.mark.real_data
def test_of_the_real_lines_three_end_in_a_footer() -> None:
    lines = [
        (line.text[: footer_start(line.text)], line.text)
        for script in read(c3_folder() / "scripts").scripts
        for line in script.lines
    ]
    assert [len(text) - len(kept) for kept, text in lines if kept != text] == [20, 20, 3]
    assert not [text for _, text in lines if is_footer(text, edge=True)]
