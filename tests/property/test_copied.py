"""What was copied, against looking for every span in every script."""

from hypothesis import given, settings
from hypothesis import strategies as st

from scripts import script
from xiangsheng.core.results import CopiedBy
from xiangsheng.corpus.copied import Said, copied
from xiangsheng.text.comparing import fold

LINE = st.text("甲乙，丙", min_size=1, max_size=8)
TRAINING = st.lists(st.lists(LINE, min_size=2, max_size=4), max_size=3)
SAID = st.lists(
    st.builds(
        Said,
        st.sampled_from(["base", "tuned"]),
        st.just("item"),
        st.text("甲乙，丙\n丁", max_size=14),
    ),
    max_size=5,
)


def places(text: str, training: list[str], at_least: int) -> set[int]:
    """The characters of a folded text that lie in a span of so many that a script holds."""
    return {
        place
        for start in range(len(text) - at_least + 1)
        if any(text[start : start + at_least] in one for one in training)
        for place in range(start, start + at_least)
    }


def longest(text: str, training: list[str]) -> int:
    return max(
        (
            end - start
            for start in range(len(text))
            for end in range(start + 1, len(text) + 1)
            if any(text[start:end] in one for one in training)
        ),
        default=0,
    )


@settings(max_examples=200)
@given(SAID, TRAINING, st.integers(1, 6))
def test_it_is_what_looking_everywhere_finds(
    said: list[Said], training: list[list[str]], at_least: int
) -> None:
    scripts = [script(str(number), lines) for number, lines in enumerate(training)]
    held = [fold("".join(lines)) for lines in training]
    found = copied(said, scripts, at_least)
    for by in found.systems:
        texts = [fold(one.text) for one in said if one.system == by.system]
        assert by == CopiedBy(
            by.system,
            characters=sum(map(len, texts)),
            copied=sum(len(places(text, held, at_least)) for text in texts),
            spans=by.spans,
            longest=max((longest(text, held) for text in texts), default=0),
        )
        mine = [span for span in found.spans if span.system == by.system]
        assert sum(span.times for span in mine) == by.spans
        if by.longest >= at_least:
            assert mine[0].characters == by.longest
    assert [span.characters for span in found.spans] == sorted(
        (span.characters for span in found.spans), reverse=True
    )
    for span in found.spans:
        assert any(span.text in one.text for one in said if one.system == span.system)
        assert len(fold(span.text)) == span.characters >= at_least
        assert [source.script for source in span.sources] == [
            str(number) for number, text in enumerate(held) if fold(span.text) in text
        ]
        for source in span.sources:
            lines = training[int(source.script)][source.first - 1 : source.last]
            assert fold(span.text) in fold("".join(lines))
