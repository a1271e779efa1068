"""What a rendering may be, the window of history, and the published examples."""

import json
from dataclasses import replace

import pytest

from support import c3_folder
from xiangsheng.core.errors import UsageError
from xiangsheng.core.rendering import Format, Rendering
from xiangsheng.core.script import Line, Script
from xiangsheng.corpus.study import study_data
from xiangsheng.prepare.parse import parse_examples
from xiangsheng.prepare.pieces import summary_lead, window_start, with_lead
from xiangsheng.prepare.render import examples, half_untitled
from xiangsheng.prepare.rows import from_row, to_row

LONG = Script("1", "大话", tuple(Line(str(n % 2), f"第{n}句") for n in range(12)))


@pytest.mark.parametrize(
    "rendering",
    [
        Rendering(history=0),
        Rendering(given=0),
        Rendering(asked=-1),
        Rendering(separator=""),
        Rendering(separator=" ->"),
    ],
)
def test_impossible_renderings_are_refused(rendering: Rendering) -> None:
    with pytest.raises(UsageError) as refused:
        examples([LONG], rendering)
    assert refused.value.hint


def test_the_window_starts_at_multiples_of_history() -> None:
    starts = [window_start(before, 3) for before in range(13)]
    assert starts == [0, 0, 0, 0, 0, 0, 3, 3, 3, 6, 6, 6, 9]
    assert {window_start(before, None) for before in range(13)} == {0}


@pytest.mark.parametrize("history", [1, 2, 3, 10])
def test_a_window_shows_from_history_to_twice_that_less_one(history: int) -> None:
    for before in range(200):
        shown = before - window_start(before, history)
        assert min(before, history) <= shown <= 2 * history - 1


def test_neighbouring_prompts_share_their_beginning() -> None:
    prompts = [e.prompt for e in examples([LONG], Rendering(header="", history=3))]
    assert prompts[5] == "1: 第3句\n0: 第4句\n1: 第5句\n0:"
    assert prompts[6].startswith(prompts[5])
    assert prompts[7].startswith(prompts[6])


def test_the_header_is_kept_when_history_is_cut() -> None:
    last = examples([LONG], Rendering(history=3))[-1]
    assert last.prompt.startswith(
        "Specific information:一段名称为大话的对口相声\n\n###\n\n0: 第6句\n"
    )


def test_braces_in_titles_and_headers_are_text() -> None:
    script = replace(LONG, title="{title}{0}{")
    (example, *_) = examples([script], Rendering(header="{x}{title}"))
    assert example.prompt.startswith("{x}{title}{0}{\n\n###\n\n0:")


def test_short_scripts_have_no_block_and_no_turn() -> None:
    assert examples([LONG], Rendering(Format.BLOCK, given=12)) == ()
    assert examples([replace(LONG, lines=LONG.lines[:1])], Rendering()) == ()


def test_a_lead_stands_in_for_a_missing_summary() -> None:
    assert summary_lead(LONG) == "第0句 第1句"
    assert with_lead(LONG, 1).summary == "第0句"
    assert with_lead(replace(LONG, summary="有")).summary == "有"


def test_every_second_script_loses_its_title() -> None:
    scripts = half_untitled([LONG, replace(LONG, summary="s"), LONG])
    assert [(script.title, script.summary) for script in scripts] == [
        ("大话", ""),
        ("", ""),
        ("大话", ""),
    ]


@pytest.mark.real_data
def test_block_makes_the_published_examples_again() -> None:
    rendering = Rendering(Format.BLOCK, header="{title}", space=False, given=10, asked=15)
    path = c3_folder() / "finetune_10x25.jsonl"
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    assert len(rows) == 10
    for row in rows:
        lines = parse_examples([from_row(row, "row", "1")], rendering)
        assert len(lines) == 25
        script = Script("1", row["prompt"].partition("\n")[0], lines)
        assert [to_row(example) for example in examples([script], rendering)] == [row]


@pytest.mark.real_data
def test_the_plain_format_repeats_each_real_character_more_than_seventy_times() -> None:
    train = study_data(c3_folder()).train
    rendering = Rendering(header="", space=False)
    plain = sum(len(e.prompt) + len(e.completion) for e in examples(train, rendering))
    whole = sum(
        len(e.prompt) + len(e.completion)
        for e in examples(train, replace(rendering, format=Format.SCRIPT))
    )
    assert (plain, round(whole / 1e6, 1)) == (61_515_601, 0.8)
    assert plain > 70 * whole
