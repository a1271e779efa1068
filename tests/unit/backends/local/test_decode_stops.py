"""Stop sequences, streams and characters of several tokens, on a network that recites."""

from collections.abc import Sequence

import pytest

from tiny_networks import TOKENIZER, Reciting, local
from xiangsheng.core.generation import Chunk, Completion, Finish, Outcome, Prompt, Request, Sampling

TEXT = "你😀好é\n1:熹x"
"""😀 is four tokens, é is two, 熹 is three."""
E_BYTES = TOKENIZER.encode("é")
SMILE = TOKENIZER.encode("😀")


def recited(
    tokens: Sequence[int], sampling: Sampling, prompt: str = ""
) -> tuple[list[str], Completion, int]:
    """Chunks, the completion, and how many tokens were drawn for it."""
    request = Request("a", Prompt(prompt), sampling, stream=True)
    *chunks, outcome = local(Reciting(tokens)).generate([request], bool)
    assert isinstance(outcome, Outcome)
    shown = [chunk.text for chunk in chunks if isinstance(chunk, Chunk)]
    assert len(shown) == len(chunks)
    assert "".join(shown) == outcome.text
    return shown, outcome.completions[0], outcome.usage.completion_tokens


def stopping(*stops: str, logprobs: int | None = None) -> Sampling:
    return Sampling(temperature=0, max_tokens=40, stop=stops, logprobs=logprobs)


@pytest.mark.parametrize(
    ("stops", "chunks", "drawn"),
    [
        ((), ["你", "😀", "好", "é", "\n", "1", ":", "熹", "x"], 15),
        (("你",), [], 1),  # at the very beginning
        (("😀",), ["你"], 5),  # split over tokens
        (("好é",), ["你", "😀"], 8),
        (("é\n1:熹",), ["你", "😀", "好"], 14),
        (("\n1:",), ["你", "😀", "好", "é"], 11),
        (("é\n", "\n1:"), ["你", "😀", "好"], 9),  # the first to be complete
        (("\n1", "1"), ["你", "😀", "好", "é"], 10),  # the longest of two
        (("1", "\n1:"), ["你", "😀", "好", "é", "\n"], 10),  # one inside the other
        (("é\n1x", "好é\n2", "\n1:"), ["你", "😀", "好", "é"], 11),  # what was held is let go
        (("é\n1:熹y", "x!"), ["你", "😀", "好", "é\n1:熹", "x"], 15),  # never complete
        (("z", "yy", "xxx", "w"), ["你", "😀", "好", "é", "\n", "1", ":", "熹", "x"], 15),
        (("\ufffd",), ["你", "😀", "好", "é", "\n", "1", ":", "熹", "x"], 15),
    ],
)
def test_text_ends_before_a_stop_and_none_of_it_is_ever_streamed(
    stops: tuple[str, ...], chunks: list[str], drawn: int
) -> None:
    shown, completion, tokens = recited(TOKENIZER.encode(TEXT), stopping(*stops))
    assert (shown, tokens, completion.finish) == (chunks, drawn, Finish.STOP)


@pytest.mark.parametrize(
    ("stops", "pieces"),
    [
        ((), ["你", "", "", "", "😀", "好", "", "é", "\n", "1", ":", "", "", "熹", "x"]),
        (("你",), []),
        (("\n1:",), ["你", "", "", "", "😀", "好", "", "é"]),
        (("😀",), ["你"]),
        (("1",), ["你", "", "", "", "😀", "好", "", "é", "\n"]),
    ],
)
def test_the_tokens_of_a_completion_spell_its_text(
    stops: tuple[str, ...], pieces: list[str]
) -> None:
    _, completion, _ = recited(TOKENIZER.encode(TEXT), stopping(*stops, logprobs=1))
    assert [token.token for token in completion.logprobs] == pieces
    assert "".join(pieces) == completion.text


@pytest.mark.parametrize(
    ("tokens", "chunks"),
    [
        ([*SMILE[:2], *TOKENIZER.encode("好")], ["\ufffd好"]),  # a character that breaks off
        ([SMILE[0], *E_BYTES, *TOKENIZER.encode("好")], ["\ufffd", "é", "好"]),
        ([E_BYTES[1], *TOKENIZER.encode("好")], ["\ufffd", "好"]),  # one that never began
        ([*TOKENIZER.encode("好"), *SMILE[:3]], ["好", "\ufffd"]),  # and the end of the text
        ([*SMILE[:3], TOKENIZER.special("<|user|>"), SMILE[3]], ["\ufffd", "\ufffd"]),
    ],
)
def test_a_replacement_character_is_shown_only_for_what_is_no_character(
    tokens: list[int], chunks: list[str]
) -> None:
    shown, completion, _ = recited(tokens, stopping(logprobs=0))
    assert shown == chunks
    assert completion.text == TOKENIZER.decode(tokens)
    assert "".join(token.token for token in completion.logprobs) == completion.text


@pytest.mark.parametrize("most", range(1, 16))
def test_max_tokens_counts_tokens_and_ends_within_a_character(most: int) -> None:
    tokens = TOKENIZER.encode(TEXT)
    sampling = Sampling(temperature=0, max_tokens=most, stop=("é\n1:y",), logprobs=0)
    _, completion, drawn = recited(tokens, sampling)
    assert completion.text == TOKENIZER.decode(tokens[:most])
    assert completion.finish is Finish.LENGTH
    assert drawn == most == len(completion.logprobs)
    assert "".join(token.token for token in completion.logprobs) == completion.text


def test_a_stop_that_the_last_token_completes_is_a_stop() -> None:
    sampling = Sampling(temperature=0, max_tokens=5, stop=("😀",))
    _, completion, _ = recited(TOKENIZER.encode(TEXT), sampling)
    assert (completion.text, completion.finish) == ("你", Finish.STOP)


def test_a_broken_character_may_complete_a_stop() -> None:
    sampling = Sampling(temperature=0, max_tokens=3, stop=("你\ufffd",), logprobs=0)
    _, completion, _ = recited(TOKENIZER.encode(TEXT), sampling)
    assert (completion.text, completion.finish) == ("", Finish.STOP)
    assert not completion.logprobs


@pytest.mark.parametrize("end", ["<|endoftext|>", "<|end|>"])
def test_the_end_of_a_text_stops_it_and_is_no_usage(end: str) -> None:
    tokens = [*TOKENIZER.encode("好"), TOKENIZER.special("<|end|>"), *TOKENIZER.encode("x")]
    if end == "<|endoftext|>":
        tokens = tokens[:1]
    shown, completion, drawn = recited(tokens, stopping("好x", logprobs=1))
    assert (shown, completion.finish, drawn) == (["好"], Finish.STOP, 1)
    assert [token.token for token in completion.logprobs] == ["好"]


def test_tokens_that_are_no_text_are_named_among_the_likeliest() -> None:
    tokens = [SMILE[0], TOKENIZER.special("<|user|>"), *TOKENIZER.encode("好")]
    _, completion, _ = recited(tokens, stopping(logprobs=1))
    named = [token.top[0][0] for token in completion.logprobs]
    assert named == ["bytes:\\xf0", "<|user|>", "好"]
    assert [token.token for token in completion.logprobs] == ["", "\ufffd", "好"]


def test_a_prompt_does_not_begin_a_stop() -> None:
    sampling = Sampling(temperature=0, max_tokens=3, stop=("1:熹",), echo=True, logprobs=0)
    shown, completion, _ = recited(TOKENIZER.encode(TEXT), sampling, prompt="熹1:")
    assert shown == ["熹1:", "熹"]
    assert (completion.text, completion.generated) == ("熹1:熹", "熹")


@pytest.mark.parametrize("best_of", [None, 3])
def test_the_prompt_of_an_echo_is_a_chunk_of_its_own(best_of: int | None) -> None:
    sampling = Sampling(temperature=0, max_tokens=40, best_of=best_of, echo=True)
    shown, _, _ = recited(TOKENIZER.encode("好é"), sampling, prompt="熹\ud800x")
    assert (shown[0], "".join(shown[1:])) == ("熹\ud800x", "")
    shown, _, _ = recited(TOKENIZER.encode("好é"), sampling)
    assert "".join(shown) == "好é"


def test_an_echo_of_no_tokens_is_streamed_too() -> None:
    sampling = Sampling(max_tokens=0, n=2, echo=True, logprobs=0)
    request = Request("a", Prompt("熹\ud800x"), sampling, stream=True)
    *chunks, outcome = local(Reciting([])).generate([request], bool)
    assert isinstance(outcome, Outcome)
    told = outcome.completions[0].logprobs
    assert chunks == [Chunk("a", index, "熹\ud800x", told) for index in (0, 1)]
    assert isinstance(outcome, Outcome)
    for completion in outcome.completions:
        assert "".join(token.token for token in completion.logprobs) == completion.text
        assert completion.finish is Finish.LENGTH
    assert outcome.usage.completion_tokens == 0
    assert outcome.usage.prompt_tokens == 7
