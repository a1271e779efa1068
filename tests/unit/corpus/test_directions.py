"""Stage directions: known ones go, what might be said stays."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support import c3_folder
from xiangsheng.corpus.directions import direction_spans, is_direction
from xiangsheng.corpus.reading import read


def found(text: str, *, every: bool = False) -> list[str]:
    return [text[start:end] for start, end in direction_spans(text, every=every)]


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        ("（鼓掌）", ["（鼓掌）"]),
        ("(笑)您好", ["(笑)"]),
        ("您好【面向观众】", ["【面向观众】"]),
        ("(对观众说):您看", ["(对观众说):"]),
        ("(笑)，就这个？", ["(笑)，"]),
        ("(开始表演)(虚弱地)哇……(又摇头)", ["(开始表演)", "(虚弱地)", "(又摇头)"]),
        ("  (拍甲) ", ["  (拍甲) "]),
        ("您好 (笑)\u3000(鞠躬) ", [" (笑)", "\u3000(鞠躬) "]),
        ("[一楞，接着严肃地点点头]。", ["[一楞，接着严肃地点点头]。"]),
        ("(浑身哆嗦，像向地上找东西似的)", ["(浑身哆嗦，像向地上找东西似的)"]),
    ],
)
def test_directions_at_the_ends_of_a_line_are_found(text: str, spans: list[str]) -> None:
    assert found(text) == spans


@pytest.mark.parametrize(
    "text",
    [
        "您(笑)好",
        "什么啊!(社团联的人可在下面了!)",
        "(小鬼呀，给我弄些辣子来)",
        "(还有我卡上又没钱了)",
        "我叫“甲壳虫”(甲克充)",
        "撒气漏风!(身体健康)",
        "地死你死耳片。(Thisisapen.)",
        "长的怎么样(0:奥――怎么说?)",
        "(观众:像，太像了)",
        "(上尸下从)骨头!我们不跪!",
        "彭(捧)",
        "吆喝(啊)",
        "这是我们的(根据地)",
        "学校(学生食堂)",
        "《大话》",
        "(他说(笑))",
        "()",
        "(",
        ")笑(",
        "",
    ],
)
def test_what_might_be_said_stays(text: str) -> None:
    assert found(text) == []


def test_every_bracket_at_an_end_goes_when_asked_for() -> None:
    assert found("(啊)您(笑)好(身体健康)", every=True) == ["(啊)", "(身体健康)"]


@given(st.text(st.sampled_from("（(【)）】笑地状说 \u3000:，您"), max_size=12), st.booleans())
def test_spans_are_brackets_in_order(text: str, every: bool) -> None:  # noqa: FBT001 drawn
    spans = direction_spans(text, every=every)
    ends = [place for span in spans for place in span]
    assert ends == sorted(ends)
    assert all(text[start:end].strip(" \u3000")[0] in "（(【" for start, end in spans)
    kept = direction_spans(text)
    assert not kept or every or spans == kept


@pytest.mark.real_data
def test_the_real_scripts_hold_as_many_as_were_read_one_by_one() -> None:
    scripts = read(c3_folder() / "scripts").scripts
    lines = [line.text for script in scripts for line in script.lines]
    directions = [span for text in lines for span in found(text)]
    brackets = [span for text in lines for span in found(text, every=True)]
    assert (len(directions), len(brackets)) == (772, 1186)
    assert not any(
        is_direction(inside) for inside in ("啊", "哎", "乙", "甲名", "凑乎", "知了", "冯巩")
    )
