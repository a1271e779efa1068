"""BLEU, GLEU and ROUGE on any text, against nltk and rouge 1.0.1."""

from hypothesis import example, given, settings
from hypothesis import strategies as st
from nltk.translate.bleu_score import SmoothingFunction, corpus_bleu
from nltk.translate.gleu_score import corpus_gleu
from rouge import Rouge

from xiangsheng.metrics.bleu import WEIGHTS
from xiangsheng.metrics.rouge import rouge
from xiangsheng.metrics.ten import ten

ODD = (
    "哎呦您好啊，。！？…—“”ＡＢ１："  # ordinary lines, full width
    ".. \u3000\t\n\u2028\x1c"  # dots and white space of all kinds
    "\u200d\ufe0f\U0001f602\U0001f468\U0001f469"  # emoji and what joins them
    "\U00020000\u9fff\u0301é"  # rare characters, combining marks
)
TEXT = st.text(ODD, max_size=25) | st.text("你我他.", max_size=40) | st.text(max_size=15)
PAIRS = st.lists(st.tuples(TEXT, TEXT), min_size=1, max_size=6)


def by_rouge(candidate: str, reference: str) -> tuple[float, ...] | None:
    try:
        (scores,) = Rouge().get_scores(" ".join(candidate), " ".join(reference))
    except ValueError:
        return None
    return tuple(scores[f"rouge-{kind}"]["f"] for kind in "12l")


@settings(max_examples=500)
@given(TEXT, TEXT)
@example("", "您好")
@example(".", "您好")
@example("..", "..")
@example("......", "您好。")
@example(" ", "\u3000")
@example("您好", "")
@example("一.二.一", "一二.二一.")
@example("\U0001f468\u200d\U0001f469", "\U0001f469\u200d\U0001f468")
def test_rouge_is_that_of_rouge(candidate: str, reference: str) -> None:
    assert rouge(candidate, reference) == by_rouge(candidate, reference)


@settings(max_examples=300)
@given(PAIRS)
@example([("", "您好")])
@example([("", "")])
@example([("您", "您")])
@example([("您好", ""), ("好", "好")])
def test_bleu_and_gleu_are_those_of_nltk(pairs: list[tuple[str, str]]) -> None:
    candidates = [list(candidate) for candidate, _ in pairs]
    references = [[list(reference)] for _, reference in pairs]
    smoothing = SmoothingFunction().method1
    found = ten(pairs)
    for order, weights in enumerate(WEIGHTS, 1):
        bleu = corpus_bleu(references, candidates, weights, smoothing)
        assert abs(found[f"bleu_{order}"] - 100 * bleu) < 1e-9
    assert abs(found["gleu"] - 100 * corpus_gleu(references, candidates)) < 1e-9


@given(PAIRS)
def test_distinct_and_mean_rouge_are_what_they_say(pairs: list[tuple[str, str]]) -> None:
    found = ten(pairs)
    scores = [fs for pair in pairs if (fs := by_rouge(*pair)) is not None]
    for index, name in enumerate(("rouge_1", "rouge_2", "rouge_l")):
        mean = sum(fs[index] for fs in scores) / len(scores) if scores else 0
        assert abs(found[name] - 100 * mean) < 1e-9
    for order in (1, 2):
        grams = [c[i : i + order] for c, _ in pairs for i in range(len(c) - order + 1)]
        share = len(set(grams)) / len(grams) if grams else 0
        assert abs(found[f"distinct_{order}"] - 100 * share) < 1e-9
