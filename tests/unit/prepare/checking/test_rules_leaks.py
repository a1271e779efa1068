"""Rows that have text in common with scripts to test on."""

from preparing import Row, found, of_rule, pairs
from scripts import said
from xiangsheng.prepare.checking.added import dialogues
from xiangsheng.prepare.checking.finding import Finding, Level
from xiangsheng.prepare.checking.looking import Wanted
from xiangsheng.prepare.checking.rules_leaks import LeakSearch, Unseen

LINE, RUN = 10, 20
SHORT = ("您来得可真早哇", "早起的鸟儿有虫吃", "那早起的虫儿呢", "虫儿就不该起这么早")


def turns(lines: list[str], first: int = 1) -> list[Row]:
    """The rows of a script, from the line number `first` on."""
    labelled = [f"{n % 2}:{text}\n" for n, text in enumerate(lines)]
    return [
        ("".join(labelled[:k]) + f"{k % 2}:", f"{lines[k]}\n") for k in range(first, len(lines))
    ]


def leaks(rows: list[Row], *scripts: tuple[str, list[str]]) -> list[Finding]:
    unseen = Unseen("tests", scripts, LINE, RUN)
    return list(of_rule("leaks", found(rows, Wanted(near=False, unseen=unseen))))


def test_a_run_is_named_with_both_places_and_as_it_stands() -> None:
    script = [said(n, words=14) for n in range(6)]
    test = [said(50), f"哎，{script[3].replace('，', '、')}"]
    (leak,) = leaks(turns(script), ("48", test))
    assert (leak.level, leak.fix, leak.count) == (Level.INFO, None, 1)
    assert (leak.rows, leak.beside, leak.example) == ((3,), ("48:2",), script[3].rstrip("。"))
    assert leak.message.en == (
        "1 row shares a run of characters with tests; the longest has 28 characters, in 48:2"
    )


def test_a_run_goes_across_lines_and_is_told_where_it_is_new() -> None:
    script = [said(0), *SHORT, said(1)]
    (leak,) = leaks(turns(script), ("7", [said(20), *SHORT]))
    assert leak.beside[0] == "7:2"
    assert leak.rows[0] == 3  # the third of the short lines makes the run long enough
    assert leak.example.startswith("您来得可真早哇早起的鸟儿")


def test_a_line_is_told_where_no_run_is() -> None:
    line = "这雨下得比依萍找她爸要钱那天还大"
    script = [said(0), said(1), line, said(2)]
    (leak,) = leaks(turns(script), ("3", ["哟", f"{line}！"]))
    assert (leak.rows, leak.beside, leak.example) == ((2,), ("3:2",), line)
    assert leak.message.en == (
        "1 row shares a whole line with tests; the longest has 16 characters, in 3:2"
    )


def test_what_only_the_prompt_has_is_found_once() -> None:
    first = "".join(SHORT)
    rows = turns([first, *(said(n) for n in range(5))])
    (leak,) = leaks(rows, ("1", [first]))
    assert leak.rows == (1,)
    (leak,) = leaks([*turns([said(n) for n in range(9, 12)]), *rows], ("1", [first]))
    assert leak.rows == (3,)


def test_heads_and_stock_phrases_are_no_leaks() -> None:
    head = "".join(SHORT) + "\n\n###\n\n"
    rows = [(head + prompt, answer) for prompt, answer in turns([said(n) for n in range(4)])]
    assert leaks(rows, ("1", ["".join(SHORT), "您早", "哎呀您来啦"])) == []


def test_parts_of_a_file_find_what_the_whole_does() -> None:
    unseen = Unseen("tests", [("1", [said(3), *SHORT]), ("2", [said(7)])], LINE, RUN)
    rows = [*turns([said(0), said(1), *SHORT]), *turns([said(6), said(7), said(8)])]
    whole = LeakSearch.of(unseen)
    whole.observe(pairs(rows))
    parts = [LeakSearch.of(unseen) for _ in range(2)]
    parts[0].observe(pairs(rows[:5]))
    parts[1].observe(pairs(rows[5:], first=5))
    parts[0].absorb(parts[1])
    assert [hit.line for hit in parts[0].hits] == [hit.line for hit in whole.hits] != []
    assert parts[0].count == whole.count


def test_rows_to_test_on_are_dialogues_again() -> None:
    rows = [*turns(["甲", "乙", "丙"]), ("头\n\n###\n\n0:", " 丁\n1: 戊\n")]
    assert [(name, lines) for name, lines in dialogues([pairs(rows)])] == [
        ("2", ["甲", "乙", "丙"]),
        ("3", [" 丁", " 戊"]),
    ]
