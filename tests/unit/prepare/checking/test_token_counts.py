"""Tokens of rows, and what a limit cuts."""

import pytest

from preparing import Row, found, of_rule, pairs
from xiangsheng.prepare.checking import token_counts
from xiangsheng.prepare.checking.finding import Level
from xiangsheng.prepare.checking.looking import Wanted
from xiangsheng.prepare.checking.token_counts import Limit, TokenCounts
from xiangsheng.tokens.counting import counter_for
from xiangsheng.tokens.estimates import EstimatingCounter

ROWS: list[Row] = [
    ("0:您好\n1:", "早\n"),
    ("0:您好\n1:早\n0:", "吃了吗您\n"),
    ("0:谁\n1:", "我呀\n"),
]


def counts(model: str = "ngram:5", limit: Limit | None = None) -> TokenCounts:
    """Of an n-gram model, whose tokens are characters."""
    return TokenCounts(model, counter_for(model), limit)


def test_the_document_says_what_was_counted() -> None:
    tokens = counts(limit=Limit(14))
    tokens.observe(pairs(ROWS[:2]))
    tokens.observe(pairs(ROWS[2:], first=2))
    whole = ["".join(row) for row in ROWS]
    lengths = [len(text) for text in whole]
    prefixes = {text[:end] for text in whole for end in range(1, len(text) + 1)}
    assert tokens.document() == {
        "model": "ngram:5",
        "counter": "characters",
        "exact": True,
        "error": 0.0,
        "prompt": sum(len(prompt) for prompt, _ in ROWS),
        "completion": sum(len(answer) for _, answer in ROWS),
        "distinct": len(prefixes),
        "mean": pytest.approx(sum(lengths) / 3, abs=0.05),
        "median": sorted(lengths)[1],
        "percentile_95": pytest.approx(max(lengths), abs=1),
        "longest": max(lengths),
        "limit": 14,
        "over_limit": 1,
        "completion_cut": 0,
    }


def test_nothing_has_no_tokens() -> None:
    document = counts().document()
    assert (document["prompt"], document["mean"], document["longest"]) == (0, 0.0, 0)
    assert document["limit"] is None


def test_rows_whose_answer_is_cut_off_whole_may_be_left_out() -> None:
    told = found(ROWS, Wanted(near=False, tokens=counts(limit=Limit(9))))
    (cut,) = of_rule("completion_cut", told)
    assert (cut.level, cut.count, cut.rows) == (Level.OPTIONAL, 1, (2,))
    assert cut.fix
    assert not list(of_rule("over_limit", told))
    (over,) = of_rule("over_limit", found(ROWS, Wanted(tokens=counts(limit=Limit(12)))))
    assert (over.level, over.rows, over.fix) == (Level.INFO, (2,), None)
    assert "the end of the completion would be cut" in over.message.en


def test_a_model_that_divides_loses_no_answer() -> None:
    told = found(ROWS, Wanted(tokens=counts(limit=Limit(9, divides=True))))
    (over,) = of_rule("over_limit", told)
    assert "no answer is lost" in over.message.en
    assert not list(of_rule("completion_cut", told))


def test_what_is_estimated_has_no_distinct_tokens() -> None:
    tokens = TokenCounts("qwen", counter_for("dashscope:qwen-plus"))
    assert isinstance(tokens.counter, EstimatingCounter)
    tokens.observe(pairs(ROWS))
    document = tokens.document()
    assert (document["exact"], document["distinct"]) == (False, None)
    assert document["error"] > 0
    (told,) = of_rule("tokens", found(ROWS, Wanted(tokens=counts("dashscope:qwen-plus"))))
    assert "estimated" in told.message.en


def test_too_many_distinct_tokens_are_not_held(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(token_counts, "MOST_HELD", 10)
    tokens = counts()
    tokens.observe(pairs(ROWS[:2]))
    tokens.observe(pairs(ROWS[2:]))
    assert tokens.document()["distinct"] is None
    assert tokens.document()["prompt"] == sum(len(prompt) for prompt, _ in ROWS)


def test_repeated_history_is_told_in_tokens() -> None:
    rows = []
    history = ""
    for n in range(30):
        rows.append((f"{history}{n % 2}:", f"第{n}句说完了\n"))
        history += f"{n % 2}:第{n}句说完了\n"
    (told,) = of_rule("repeated_history", found(rows[1:], Wanted(tokens=counts())))
    assert "times fewer tokens" in told.message.en


def test_costs_are_told_where_somebody_knows_them() -> None:
    from xiangsheng.core.words import Words

    def priced(now: int, once: int) -> Words:
        return Words(f"{now} 元变 {once} 元", f"{now} becomes {once}")

    rows = [("0:您好\n1:早\n0:您好\n1:早\n0:", f"{n}\n") for n in range(9)]
    told = found(rows, Wanted(tokens=counts(), priced=priced))
    (history,) = of_rule("repeated_history", told)
    assert history.message.en.split("; ")[1].split(" ")[1] == "becomes"


def test_a_space_that_is_a_token_of_its_own_is_told() -> None:
    spaced = [(prompt, f" {answer}") for prompt, answer in ROWS]
    (told,) = of_rule("completions_space_start", found(spaced, Wanted(tokens=counts())))
    assert (told.level, told.fix) == (Level.INFO, None)
    assert "it costs about 1.0 tokens a row" in told.message.en
    assert not list(of_rule("completions_space_start", found(ROWS, Wanted(tokens=counts()))))
    assert not list(of_rule("completions_space_start", found(spaced)))
