"""For each format, in full, which characters of a three-line script are trained.

Trained characters stand in ⟦…⟧ below.
"""

import pytest

from xiangsheng.core.example import Example
from xiangsheng.core.rendering import Format, Rendering
from xiangsheng.core.script import Line, Script
from xiangsheng.prepare.render import examples

SCRIPT = Script(
    id="1",
    title="说大话",
    lines=(Line("0", "来了？"), Line("1", "来了。"), Line("0", "坐。")),
    summary="两人见面",
)
HEAD = "Specific information:一段名称为说大话的对口相声\n\n###\n\n"


def marked(example: Example) -> str:
    if example.messages:
        return "\n".join(
            f"{message.role}> " + (f"⟦{message.content}⟧" if message.trained else message.content)
            for message in example.messages
        )
    runs = "".join(f"⟦{span.text}⟧" if span.trained else span.text for span in example.spans)
    return runs.replace("⟧⟦", "")


def rendered(rendering: Rendering) -> list[str]:
    return [marked(example) for example in examples([SCRIPT], rendering)]


def test_turns_train_the_next_line_only() -> None:
    assert rendered(Rendering()) == [
        HEAD + "0: 来了？\n1:⟦ 来了。\n⟧",
        HEAD + "0: 来了？\n1: 来了。\n0:⟦ 坐。\n⟧",
    ]


def test_turns_without_header_and_space_are_the_prompts_of_the_evaluation() -> None:
    assert rendered(Rendering(header="", space=False)) == [
        "0:来了？\n1:⟦来了。\n⟧",
        "0:来了？\n1:来了。\n0:⟦坐。\n⟧",
    ]


def test_turns_with_a_summary_open_with_it() -> None:
    assert rendered(Rendering(summary=True))[0] == (
        "Summary: 两人见面\n\n" + HEAD + "0: 来了？\n1:⟦ 来了。\n⟧"
    )
    assert rendered(Rendering(summary=True, header=""))[0] == (
        "Summary: 两人见面\n\n###\n\n0: 来了？\n1:⟦ 来了。\n⟧"
    )


def test_block_trains_the_lines_asked_for_and_their_labels() -> None:
    rendering = Rendering(Format.BLOCK, header="{title}", space=False, given=1, asked=2)
    assert rendered(rendering) == ["说大话\n\n###\n\n0:来了？\n1:⟦ 来了。\n0:坐。\n⟧"]


def test_block_stops_after_asked_lines() -> None:
    rendering = Rendering(Format.BLOCK, header="", given=1, asked=1)
    assert rendered(rendering) == ["0: 来了？\n1:⟦ 来了。\n⟧"]


def test_script_trains_every_line_once_and_every_label_but_the_first() -> None:
    assert rendered(Rendering(Format.SCRIPT)) == [
        HEAD + "0:⟦ 来了？\n1: 来了。\n0: 坐。\n⟧",
    ]


def test_script_keeps_labels_and_texts_apart_for_cutting() -> None:
    (example,) = examples([SCRIPT], Rendering(Format.SCRIPT, header=""))
    assert [span.text for span in example.spans] == [
        "0:",
        " 来了？\n",
        "1:",
        " 来了。\n",
        "0:",
        " 坐。\n",
    ]


def test_chat_trains_each_speaker_in_turn() -> None:
    system = "system> Specific information:一段名称为说大话的对口相声"
    assert rendered(Rendering(Format.CHAT)) == [
        f"{system}\nassistant> ⟦来了？⟧\nuser> 来了。\nassistant> ⟦坐。⟧",
        f"{system}\nuser> 来了？\nassistant> ⟦来了。⟧\nuser> 坐。",
    ]


def test_chat_without_header_never_opens_with_the_assistant() -> None:
    assert rendered(Rendering(Format.CHAT, header="")) == [
        "system> 对口相声\nassistant> ⟦来了？⟧\nuser> 来了。\nassistant> ⟦坐。⟧",
        "user> 来了？\nassistant> ⟦来了。⟧\nuser> 坐。",
    ]


def test_chat_puts_what_one_speaker_says_in_a_row_into_one_message() -> None:
    script = Script("1", "", (Line("0", "一"), Line("0", "二"), Line("1", "三")))
    (_, second) = examples([script], Rendering(Format.CHAT))
    assert marked(second) == "user> 一\n二\nassistant> ⟦三⟧"


@pytest.mark.parametrize("form", list(Format))
def test_no_format_renders_a_header_for_an_untitled_script(form: Format) -> None:
    untitled = Script("1", "", SCRIPT.lines)
    rendering = Rendering(form, given=1)
    bare = Rendering(form, given=1, header="")
    assert examples([untitled], rendering) == examples([untitled], bare)
