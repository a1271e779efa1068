"""Cleaning scripts: each rule alone and together, and nothing lost that is not told."""

from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xiangsheng.core.errors import DataError
from xiangsheng.core.script import Line, Role, Script, Speaker
from xiangsheng.corpus.cleaning import CAREFUL, Removal, Rule, cleaned
from xiangsheng.corpus.reading import read
from xiangsheng.corpus.sieve import sieve
from xiangsheng.corpus.writing import write_scripts


def script(*texts: str, id_: str = "a", names: tuple[str, str] = ("", "")) -> Script:
    """Speakers in turn; one whose text begins with `>` goes on speaking."""
    lines: list[Line] = []
    for text in texts:
        last = lines[-1].speaker if lines else "1"
        speaker = last if text.startswith(">") else {"0": "1", "1": "0"}[last]
        lines.append(Line(speaker, text.removeprefix(">")))
    return Script(id_, "", tuple(lines), speakers=tuple(map(Speaker, "01", names)))


def told(removals: tuple[Removal, ...]) -> list[tuple[str, int, str]]:
    return [(removal.rule.value, removal.line, removal.text) for removal in removals]


def test_what_is_clean_stays_as_it_is() -> None:
    clean = script("您好！", "(您好)您好", ">您好", "……", "嗯", ">嗯", names=("甲", "乙"))
    assert cleaned([clean]).scripts == (clean,)
    assert cleaned([clean]).removals == ()


def test_directions_go_and_lines_of_nothing_else_with_them() -> None:
    result = cleaned([script("(笑)您好 (鞠躬)", "(鼓掌)。", "(害羞状)!", "……(若有所思)", "您好")])
    assert [line.text for line in result.scripts[0].lines] == ["您好", "……", "您好"]
    assert [line.speaker for line in result.scripts[0].lines] == ["0", "1", "0"]
    assert told(result.removals) == [
        ("directions", 1, "(笑)"),
        ("directions", 1, " (鞠躬)"),
        ("directions", 2, "(鼓掌)。"),
        ("directions", 3, "(害羞状)!"),
        ("directions", 4, "(若有所思)"),
    ]


def test_whoever_speaks_first_is_0_still() -> None:
    who = (Speaker("0", "甲", Role.PENGEN), Speaker("1", "乙", Role.DOUGEN))
    result = cleaned([replace(script("(鼓掌)", "一", "二"), speakers=who)])
    (clean,) = result.scripts
    assert clean.lines == (Line("0", "一"), Line("1", "二"))
    assert clean.speakers == (Speaker("0", "乙", Role.DOUGEN), Speaker("1", "甲", Role.PENGEN))


def test_a_footer_goes_before_a_direction() -> None:
    result = cleaned(
        [
            script("您好", "再见！(鞠躬)咱们本文来自某某网"),
            script("您好", "您好", "(下)! 本文来自某某网"),
        ]
    )
    assert [line.text for line in result.scripts[0].lines] == [
        "您好",
        "再见！(鞠躬)咱们本文来自某某网",
    ]
    assert [line.text for line in result.scripts[1].lines] == ["您好", "您好"]
    assert told(result.removals) == [("site", 3, " 本文来自某某网"), ("directions", 3, "(下)!")]


def test_what_cannot_be_seen_is_nothing_said() -> None:
    result = cleaned([script("一", "\xa0\u200b\u3000", "二", "\ue000", "\u2028")])
    assert [line.text for line in result.scripts[0].lines] == ["一", "二", "\ue000"]
    assert told(result.removals) == [("empty", 2, "\xa0\u200b\u3000"), ("empty", 5, "\u2028")]


def test_only_long_lines_of_one_speaker_are_repeats() -> None:
    long = "从立春排到谷雨。"
    result = cleaned([script("走！", ">走！", long, long, f">{long}", ">" + long, "嗯", long)])
    assert told(result.removals) == [("repeats", 5, long), ("repeats", 6, long)]


def test_a_script_a_second_time_is_named_with_the_first() -> None:
    first, other = script("您好", "好"), script("您好", "好", "好", id_="c")
    again = replace(script("(笑)您好", "好", id_="b"), title="大话")
    result = cleaned([first, again, other])
    assert [one.id for one in result.scripts] == ["a", "c"]
    last = result.removals[-1]
    assert (last.rule, last.script, last.line, last.text) == (Rule.DUPLICATES, "b", 0, "大话")
    assert last.reason.en == "the same lines as script a"
    kept = cleaned([first, again, other], CAREFUL - {Rule.DUPLICATES})
    assert [one.id for one in kept.scripts] == ["a", "b", "c"]


def test_a_script_of_which_nothing_is_left_is_told() -> None:
    result = cleaned([script("(笑)", "您好", "(鼓掌)"), script("一", "二", id_="b")])
    assert [one.id for one in result.scripts] == ["b"]
    assert told(result.removals)[-1] == ("empty", 0, "a")


@pytest.mark.parametrize("names", [("甲", "乙"), ("", ""), ("A", "X"), ("捧哏", "逗"), ("1", "2")])
def test_ordinary_labels_are_no_names(names: tuple[str, str]) -> None:
    assert cleaned([script("一", "二", names=names)]).removals == ()


def test_names_become_0_and_1_and_are_kept(tmp_path: Path) -> None:
    named = script("一", ">二", "三", names=("郭大宝", "于小宝"))
    result = cleaned([named, script("一", "二", id_="b", names=("甲", "乙"))])
    assert told(result.removals) == [("names", 1, "郭大宝"), ("names", 3, "于小宝")]
    assert result.numbered == {"a"}
    first, second = write_scripts(result.scripts, tmp_path, numbered=result.numbered)
    assert "0:一\n0:二\n1:三\n" in first.read_text(encoding="utf-8")
    assert "甲:一\n乙:二\n" in second.read_text(encoding="utf-8")
    assert read(tmp_path).scripts == result.scripts


TEXT = st.lists(
    st.sampled_from(
        [
            "(笑)",
            "（身体健康）",
            "您好",
            "，",
            "。",
            " ",
            "\u200b",
            "从立春排到谷雨。",
            "本文来自某某网",
            "下一页",
        ]
    ),
    min_size=1,
    max_size=4,
).map("".join)


@given(st.lists(st.lists(TEXT, min_size=2, max_size=6), max_size=3), st.sets(st.sampled_from(Rule)))
def test_what_is_gone_is_told_and_what_is_told_is_gone(
    texts: list[list[str]], rules: set[Rule]
) -> None:
    scripts = [script(*lines, id_=str(n)) for n, lines in enumerate(texts)]
    result = cleaned(scripts, rules)
    kept = {clean.id: clean for clean in result.scripts}
    assert {removal.rule for removal in result.removals} <= rules | {Rule.EMPTY}
    for before in scripts:
        gone = [r.text for r in result.removals if r.script == before.id and r.line]
        if before.id not in kept:
            assert any(r.script == before.id and not r.line for r in result.removals)
            continue
        left = [line.text for line in kept[before.id].lines]
        assert Counter("".join(left + gone)) == Counter("".join(line.text for line in before.lines))


RAW = "标题：排队\n甲：一\n（鼓掌）\n乙：二\n作者：三\n甲：四\n乙：五\n甲：六\n本文来自某某网\n"


def sieved(path: Path, text: str, rules: frozenset[Rule] = CAREFUL) -> tuple[Script, list[Removal]]:
    path.write_text(text, encoding="utf-8")
    removals: list[Removal] = []
    (found,) = read(path, sieve=sieve(rules, removals.append)).scripts
    return found, removals


def test_a_labelled_text_is_sieved_before_its_labels_are_judged(tmp_path: Path) -> None:
    path = tmp_path / "1.txt"
    found, removals = sieved(path, RAW)
    assert [line.text for line in found.lines] == ["一", "二", "四", "五", "六"]
    assert [(r.rule, r.where, r.text) for r in removals] == [
        (Rule.SITE, f"{path}:1", "标题：排队"),
        (Rule.DIRECTIONS, f"{path}:3", "（鼓掌）"),
        (Rule.SITE, f"{path}:5", "作者：三"),
        (Rule.SITE, f"{path}:9", "本文来自某某网"),
    ]
    with pytest.raises(DataError, match="a line without a label: （鼓掌）"):
        sieved(path, RAW, frozenset({Rule.SITE}))


def test_who_speaks_twice_is_somebody_whatever_the_name(tmp_path: Path) -> None:
    found, removals = sieved(tmp_path / "1.txt", "作者：一\n编辑：二\n作者：三\n编辑：下一页\n")
    assert ([speaker.name for speaker in found.speakers], removals) == (["作者", "编辑"], [])


def test_directions_in_an_alternating_text_do_not_shift_the_roles(tmp_path: Path) -> None:
    found, removals = sieved(
        tmp_path / "1.txt", "来了？\n(笑)来了。\n(鼓掌)\n坐。\n坐哪儿？\n\n本文来自某某网\n"
    )
    assert [(line.speaker, line.text) for line in found.lines] == [
        ("0", "来了？"),
        ("1", "(笑)来了。"),
        ("0", "坐。"),
        ("1", "坐哪儿？"),
    ]
    assert [removal.text for removal in removals] == ["(鼓掌)", "本文来自某某网"]
