"""What counts as taken from the training scripts, how often, and from where."""

from scripts import said as line
from scripts import script
from xiangsheng.core.results import CopiedBy, CopiedSpan, Source
from xiangsheng.corpus.copied import Said, copied

ONE, OTHER = line(1), line(2)
TRAINING = (script("a", [line(3), ONE, OTHER, line(4)]), script("b", [line(5), ONE]))


def test_a_span_is_told_with_its_item_and_every_script_that_has_it() -> None:
    found = copied([Said("tuned", "next-line/x/01", f"哎，{ONE}走！")], TRAINING)
    assert found.spans == (
        CopiedSpan(
            "tuned", "next-line/x/01", ONE[:-1], 18, 1, (Source("a", 2, 2), Source("b", 2, 2))
        ),
    )
    assert found.systems == (CopiedBy("tuned", characters=20, copied=18, spans=1, longest=18),)


def test_line_ends_and_punctuation_make_no_difference_on_either_side() -> None:
    text = (ONE + OTHER).replace("，", "").replace("。", "")
    cut = f"{text[:5]}……\n{text[5:]}"
    (span,) = copied([Said("base", "i", cut)], TRAINING).spans
    assert (span.text, span.characters) == (cut, 36)
    assert span.sources == (Source("a", 2, 3),)


def test_stock_phrases_are_not_told_but_the_longest_is_known() -> None:
    found = copied([Said("base", "i", f"哦{ONE[:9]}？")], TRAINING)
    assert found.spans == ()
    assert found.systems == (CopiedBy("base", characters=9, copied=0, spans=0, longest=8),)


def test_what_is_said_again_or_in_part_is_told_once_a_system() -> None:
    texts = [ONE, ONE[:13], OTHER, ONE]
    said = [Said("tuned", str(n), text) for n, text in enumerate(texts)]
    said.append(Said("base", "0", ONE[:13]))
    found = copied(said, TRAINING)
    assert [(span.system, span.item, span.characters, span.times) for span in found.spans] == [
        ("tuned", "0", 18, 3),
        ("tuned", "2", 18, 1),
        ("base", "0", 12, 1),
    ]
    assert [by.spans for by in found.systems] == [4, 1]


def test_a_loop_counts_every_character_once() -> None:
    loop = "好" * 50
    found = copied([Said("base", "i", loop)], (script("a", ["好" * 12, line(1)]),))
    assert found.systems == (CopiedBy("base", characters=50, copied=50, spans=39, longest=12),)
    (span,) = found.spans
    assert (span.characters, span.times) == (12, 39)


def test_nothing_said_or_nothing_learned_is_nothing_copied() -> None:
    assert copied([], TRAINING).systems == ()
    assert copied([Said("base", "i", "")], TRAINING).systems == (CopiedBy("base", 0, 0, 0, 0),)
    assert copied([Said("base", "i", ONE)], ()).spans == ()
