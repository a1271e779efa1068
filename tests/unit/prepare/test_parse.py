"""Generated text to lines, and examples that another rendering made."""

import pytest

from xiangsheng.core.errors import DataError
from xiangsheng.core.example import Example, Span
from xiangsheng.core.rendering import Format, Rendering
from xiangsheng.prepare.parse import parse_examples, parse_lines


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        (" 来了。", [("1", "来了。")]),
        ("来了。\n0:坐。\n1: 好。\n", [("1", "来了。"), ("0", "坐。"), ("1", "好。")]),
        ("一\n2:三\n12：四\nA:五\n丙：六\n逗哏：七", None),
        ("一\n\n\n0：二", [("1", "一"), ("0", "二")]),
        ("\n0:二", [("0", "二")]),
        ("一\n我说：走\n（笑）", [("1", "一"), ("", "我说：走"), ("", "（笑）")]),
        ("一\n0:", [("1", "一"), ("0", "")]),
        ("1:一", [("1", "1:一")]),
        ("", []),
        (" \n\u3000\n", []),
    ],
)
def test_generated_text_is_parsed_as_far_as_it_goes(
    text: str, lines: list[tuple[str, str]] | None
) -> None:
    parsed = [(line.speaker, line.text) for line in parse_lines(text, "1")]
    if lines is None:
        assert [label for label, _ in parsed] == ["1", "2", "12", "A", "丙", "逗哏"]
    else:
        assert parsed == lines


def test_an_example_of_another_rendering_is_refused() -> None:
    spans = (Span("甲：一\n乙：", trained=False), Span("二\n", trained=True))
    with pytest.raises(DataError, match="without the label 0: or 1:"):
        parse_examples([Example("1", spans)], Rendering(Format.SCRIPT))
