"""Every rule of the dialogue profile, on the file that sets it off."""

import pytest

from dialogues import line
from preparing import Row, found, of_rule
from xiangsheng.prepare.checking.finding import Finding, Level

HEAD = "一段名称为排队的对口相声\n\n###\n\n"


def good(count: int = 6, space: str = "") -> list[Row]:
    """Rows of one shape, with nothing to be said of any of them."""
    return [
        (f"0:{space}{line('甲', n)}\n1:", f"{space}{line('乙', n)}\n") for n in range(1, count + 1)
    ]


def only(rule: str, rows: list[Row]) -> Finding:
    (one,) = of_rule(rule, found(rows))
    return one


def test_good_rows_are_told_nothing_but_what_they_share() -> None:
    told = found(good())
    assert [finding.rule for finding in told] == [
        "num_examples",
        "common_prompt_prefix",
        "common_completion_suffix",
    ]
    assert {finding.level for finding in told} == {Level.INFO}
    assert told[0].message.en.endswith(
        "6 examples; have at least 200: each doubling helps about as much as the one before"
    )


def test_what_2022_would_have_mended_is_left_alone() -> None:
    """A head in all prompts, capitals, a long beginning of all answers, long rows."""
    rows = [(f"{HEAD}0:NBA OK {n}\n1:", f"OK NBA CCTV {n}{'X' * 12_000}\n") for n in range(4)]
    told = found(rows)
    rules = {"long_examples", "lower_case", "common_prompt_prefix", "common_completion_prefix"}
    assert rules <= {finding.rule for finding in told}
    assert {finding.level for finding in told} == {Level.INFO}
    assert not [finding for finding in told if finding.fix or finding.does]


def test_prompts_may_be_the_same() -> None:
    told = found([("0:", f"{line('甲', n)}\n1:{line('乙', n)}\n") for n in range(3)])
    assert {finding.level for finding in told} == {Level.INFO}
    assert not list(of_rule("conflicts", told))


def test_completions_may_not_be_the_same() -> None:
    told = found([(f"0:{line('甲', n)}\n1:", "是吗？\n") for n in range(3)])
    assert (told[-1].rule, told[-1].level) == ("common_completion_suffix", Level.FATAL)


def test_equal_rows_are_equal_whatever_the_fixes_add() -> None:
    rows = good()
    prompt, answer = rows[1]
    repeated = only("duplicated_rows", [*rows, (prompt, f" {answer}"), (prompt, answer.strip())])
    assert (repeated.level, repeated.count, repeated.rows) == (Level.OPTIONAL, 2, (7, 8))


def test_white_space_alone_is_no_answer() -> None:
    blank = only("blank_completion", [*good(), ("0:您\n1:", " \u3000"), ("0:您\n1:", "\n")])
    assert (blank.count, blank.rows, blank.does and blank.does.en) == (
        2,
        (7, 8),
        "remove these 2 rows",
    )


@pytest.mark.parametrize(
    ("few", "many", "fix"),
    [
        ("", " ", "put the space before the others"),
        (" ", "", "take the space away from the others"),
    ],
)
def test_spaces_are_as_most_have_them(few: str, many: str, fix: str) -> None:
    rows = [*good(5, many), ("0:您猜猜我几岁\n1:", f"{few}看不出来\n")]
    mixed = only("completions_space_start", rows)
    assert (mixed.level, mixed.count, mixed.rows) == (Level.OPTIONAL, 1, (6,))
    assert mixed.does
    assert mixed.does.en == fix


def test_where_as_many_have_a_space_lines_decide() -> None:
    rows = [("0:您早\n1:", "早\n"), ("0:吃了吗\n1:", " 没哪\n")]
    assert only("completions_space_start", rows).rows == (2,)
    spaced = [(prompt.replace(":", ": ", 1), answer) for prompt, answer in rows]
    assert only("completions_space_start", spaced).rows == (1,)


def test_a_missing_line_end_is_added() -> None:
    lacking = only("common_completion_suffix", [*good(), ("0:您早\n1:", "早")])
    assert (lacking.level, lacking.count, lacking.rows) == (Level.OPTIONAL, 1, (7,))
    assert only("common_completion_suffix", good()).level is Level.INFO


def test_another_common_ending_is_a_stop_too_but_a_full_stop_is_none() -> None:
    ends = [(prompt, answer.strip() + " END") for prompt, answer in good()]
    assert only("common_completion_suffix", ends).level is Level.INFO
    stops = [(prompt, answer.strip()) for prompt, answer in good()]  # each ends in 。
    assert only("common_completion_suffix", stops).count == 6


@pytest.mark.parametrize(
    ("row", "rule", "field"),
    [
        (("0:您早\n0:", "早\n"), "role_order", "prompt"),
        (("0:您早\n0:吃了吗\n1:", "没哪\n"), "role_order", "prompt"),
        (("0:您早\n1:", "早\n1:吃了吗\n"), "role_order", "completion"),
        (("0:您早\n", "早\n"), "asked_label", "prompt"),
        (("0:您早\n1: ", "早\n"), "asked_label", "prompt"),
        (("0:您早\n1:早\n2:", "都早\n"), "third_label", ""),
        (("0:您早\n1:", "1:早\n"), "label_twice", "completion"),
        (("0:您早\n说完就走\n1:", "早\n"), "unlabelled_line", ""),
        ((f"{HEAD}0:您早\n1:", "早\n"), "mixed_rendering", "prompt"),
        (("甲:您早\n乙:", "早\n"), "mixed_rendering", ""),
        (("0：您早\n1：", "早\n"), "mixed_rendering", ""),
        (("0: 您早\n1:", "早\n"), "mixed_rendering", ""),
        (("0:您早\n1:", "早!\n"), "mixed_widths", "completion"),
        (("0:您早!\n1:", "早\n"), "mixed_widths", ""),
    ],
)
def test_the_odd_row_is_named_and_not_mended(row: Row, rule: str, field: str) -> None:
    rows = [
        (prompt, answer.replace("。", "，" if rule == "mixed_widths" else "。"))
        for prompt, answer in good()
    ]
    told = found([*rows, row])
    (odd,) = of_rule(rule, told)
    assert (odd.level, odd.field, odd.count, odd.rows) == (Level.INFO, field, 1, (7,))
    assert odd.fix is None


def test_separators_and_summaries_differ_too() -> None:
    rows = [(f"{HEAD}{prompt}", answer) for prompt, answer in good()]
    other = (f"一段名称为猜谜的对口相声\n===\n{rows[0][0].partition(HEAD)[2]}", "早\n")
    summary = (f"Summary: 排队\n\n{rows[0][0]}", "晚\n")
    (odd,) = of_rule("mixed_rendering", found([*rows, other, summary]))
    assert odd.rows == (7, 8)
    assert odd.message.en == (
        "ends of heads differ: 6 rows «\\n\\n###\\n\\n», 1 row «\\n===\\n», "
        "1 row «Summary … \\n\\n###\\n\\n»"
    )
    assert odd.message.zh.startswith("标题头的结尾不一致：«\\n\\n###\\n\\n» 6 行、")


def test_a_history_that_is_repeated_is_counted() -> None:
    said = [line("甲", n) for n in range(1, 41)]
    rows = [
        (
            "".join(f"{n % 2}:{text}\n" for n, text in enumerate(said[:k])) + f"{k % 2}:",
            said[k] + "\n",
        )
        for k in range(1, 40)
    ]
    (history,) = of_rule("repeated_history", found(rows))
    now = sum(len(prompt) + len(answer) for prompt, answer in rows)
    once = sum(len(text) + 3 for text in said) + 2
    assert history.message.en.endswith(
        f"with {now / once:.1f} times fewer characters, {once:,} instead of {now:,}"
    )
    assert not list(of_rule("repeated_history", found(good())))
