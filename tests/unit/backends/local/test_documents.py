"""Which tokens of an example are learned, and what is left out of one that is too long."""

from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import Any

import pytest

from tiny_networks import TOKENIZER
from xiangsheng.backends.local.training.documents import Document, Reading
from xiangsheng.core.errors import DataError
from xiangsheng.core.example import Example, Message, Span
from xiangsheng.core.rendering import Format, Rendering
from xiangsheng.core.script import Line, Script
from xiangsheng.prepare.render import examples

SCRIPT = Script("a", "伞", (Line("0", "等雨？"), Line("1", "等伞。"), Line("0", "谁的？")))
END = "<|endoftext|>"


def shown(document: Document) -> list[tuple[str, float]]:
    """Runs of tokens of one weight, as text."""
    runs: list[tuple[str, float]] = []
    for token, weight in zip(document.tokens, document.weights, strict=True):
        text = TOKENIZER.token(token)
        if runs and runs[-1][1] == weight:
            runs[-1] = (runs[-1][0] + text, weight)
        else:
            runs.append((text, weight))
    return runs


def read(
    given: Iterable[Example], context: int = 256, weight: float = 0.0, *, closes: bool = True
) -> list[Document]:
    return list(Reading(TOKENIZER, context, weight, closes).documents(given))


def rendered(form: Format, **options: Any) -> tuple[Example, ...]:
    return examples([SCRIPT], Rendering(form, space=False, **options))


def test_of_a_script_all_but_head_and_first_label_is_learned() -> None:
    (document,) = read(rendered(Format.SCRIPT, header="题:{title}", separator="\n"))
    learned = f"等雨？\n1:等伞。\n0:谁的？\n{END}"
    assert shown(document) == [(f"{END}题:伞\n0:", 0.0), (learned, 1.0)]


def test_of_a_block_the_lines_asked_for_are_learned() -> None:
    (document,) = read(rendered(Format.BLOCK, header="", given=1, asked=2))
    assert shown(document) == [(f"{END}0:等雨？\n1:", 0.0), (f" 等伞。\n0:谁的？\n{END}", 1.0)]


def test_of_a_turn_one_line_is_learned_and_no_end_for_the_dialogue_goes_on() -> None:
    found = read(rendered(Format.TURNS, header=""), closes=False)
    assert [shown(document) for document in found] == [
        [(f"{END}0:等雨？\n1:", 0.0), ("等伞。\n", 1.0)],
        [(f"{END}0:等雨？\n1:等伞。\n0:", 0.0), ("谁的？\n", 1.0)],
    ]


def test_of_a_chat_the_assistants_words_and_their_end_are_learned() -> None:
    one, other = read(rendered(Format.CHAT, header=""), closes=False)
    assert shown(one) == [
        (f"{END}<|system|>对口相声<|end|><|assistant|>", 0.0),
        ("等雨？<|end|>", 1.0),
        ("<|user|>等伞。<|end|><|assistant|>", 0.0),
        ("谁的？<|end|>", 1.0),
    ]
    assert shown(other) == [
        (f"{END}<|user|>等雨？<|end|><|assistant|>", 0.0),
        ("等伞。<|end|>", 1.0),
        ("<|user|>谁的？<|end|>", 0.0),
    ]


def test_a_chat_that_says_its_specials_in_words_says_words() -> None:
    said = Message("assistant", "<|end|>", trained=True)
    (document,) = read([Example("a", messages=(said,))], closes=False)
    assert document.tokens.count(TOKENIZER.special("<|end|>")) == 1
    assert document.tokens[-1] == TOKENIZER.special("<|end|>")


@pytest.mark.parametrize("weight", [0.0, 0.01, 0.5, 1.0])
def test_the_prompts_weight_is_that_of_untrained_text_and_of_nothing_else(weight: float) -> None:
    (document,) = read(rendered(Format.SCRIPT, header="题:{title}", separator="\n"), 256, weight)
    first, *rest = document.weights
    prompt = len("题:伞\n0:")
    assert first == 0  # nothing comes before it that it could be predicted from
    assert set(rest[:prompt]) == {weight}
    assert set(rest[prompt:]) == {1.0}


def test_the_roles_and_the_other_speaker_of_a_chat_have_no_prompt_weight() -> None:
    one, _ = read(rendered(Format.CHAT, header=""), 256, 0.5, closes=False)
    assert set(one.weights) == {0.0, 1.0}


def turn(lines: int, answer: str = "0: 答。\n") -> Example:
    before = "".join(f"{n % 2}: 第{n:02d}句话。\n" for n in range(lines))
    label, _, text = answer.partition(":")
    return Example("a", (Span(f"{before}{label}:", False), Span(text, True)))


def test_a_turn_that_is_too_long_loses_its_oldest_lines_and_keeps_its_completion() -> None:
    (document,) = read([turn(20)], 64, closes=False)
    text = TOKENIZER.decode(document.tokens)
    whole = "".join(span.text for span in turn(20).spans)
    assert len(document.tokens) <= 64
    assert whole.endswith(text)
    assert text.startswith("1: 第15句话。\n")  # 63 tokens: six for the answer, ten a line
    assert [run for run in shown(document) if run[1]] == [(" 答。\n", 1.0)]


@pytest.mark.parametrize("weight", [0.0, 1.0])
@pytest.mark.parametrize("lines", [1, 5, 6, 7, 12, 29])
def test_what_a_turn_keeps_is_its_newest_lines_as_many_as_fit(lines: int, weight: float) -> None:
    (document,) = read([turn(lines)], 64, weight, closes=False)
    parts = "".join(span.text for span in turn(lines).spans).splitlines(keepends=True)
    text = TOKENIZER.decode(document.tokens)
    kept = text.splitlines(keepends=True)
    assert kept == parts[-len(kept) :]
    assert len(kept) == len(parts) or len(text + parts[-len(kept) - 1]) > 63


def test_an_answer_is_never_cut_to_keep_a_prompt() -> None:
    answer = f"0: {'长' * 40}\n"
    (document,) = read([turn(9, answer)], 64, closes=False)
    assert TOKENIZER.decode(document.tokens).endswith(answer)
    learned = [token for token, weight in zip(*columns(document), strict=True) if weight]
    assert TOKENIZER.decode(learned) == answer[2:]


def test_an_answer_longer_than_the_context_is_learned_in_parts_each_once() -> None:
    answer = f"0: {'天地玄黄宇宙洪荒' * 20}\n"
    found = read([turn(9, answer)], 64, closes=False)
    assert all(len(document.tokens) <= 64 for document in found)
    learned = [
        token
        for document in found
        for token, weight in zip(*columns(document), strict=True)
        if weight
    ]
    assert TOKENIZER.decode(learned) == answer[2:]


def test_a_part_of_a_prompt_that_teaches_nothing_is_no_document() -> None:
    prompt = "".join(f"{n % 2}: 第{n:02d}句话。\n" for n in range(20))
    answer = "".join(f"{n % 2}: 第{n:02d}句答。\n" for n in range(20))
    example = Example("a", (Span(prompt, False), Span(answer, True)))
    for document in read([example], 64, 0.0):
        assert any(document.weights)
    weighted = read([example], 64, 0.01)
    assert len(weighted) > len(read([example], 64, 0.0))
    assert all(any(document.weights) for document in weighted)


def test_every_document_begins_where_a_text_begins() -> None:
    for document in read([turn(40), *rendered(Format.SCRIPT)], 64):
        assert (document.tokens[0], document.weights[0]) == (TOKENIZER.end, 0.0)


def test_only_line_feeds_end_a_line() -> None:
    odd = "一\u2028二\r三\x85四\x0b五\f六\r\n七"
    (document,) = Reading(TOKENIZER, 256).texts([odd])
    assert TOKENIZER.decode(document.tokens) == odd
    chunks = list(Reading(TOKENIZER, 24).texts([f"{odd}\n" * 6]))
    assert len(chunks) > 1
    for before, after in pairwise(chunks):
        assert TOKENIZER.decode(before.tokens).endswith("\n")
        opening = "".join(text for text, weight in shown(after) if not weight)
        assert not opening.removeprefix(END).strip("\n").endswith(("\u2028", "\r", "\x85"))


def test_an_example_without_anything_to_learn_is_named() -> None:
    silent = Example("7", (Span("0:您好。\n", False), Span("", True)))
    with pytest.raises(DataError, match="script 7: an example without anything to learn") as caught:
        read([silent])
    assert "completion" in caught.value.hint
    with pytest.raises(DataError, match="script 8"):
        read([Example("8", messages=(Message("user", "您好。"),))])


def test_examples_are_read_one_by_one() -> None:
    def endless() -> Iterator[Example]:
        while True:
            yield turn(3)

    assert next(Reading(TOKENIZER, 64).documents(endless()))


def columns(document: Document) -> tuple[tuple[int, ...], tuple[float, ...]]:
    return document.tokens, document.weights
