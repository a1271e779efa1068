"""What the contract leaves open and an n-gram generator decides."""

import math

import pytest

from xiangsheng.backends.ngram import NgramGenerator, NgramModel, Piece
from xiangsheng.core.example import Message
from xiangsheng.core.generation import Finish, Outcome, OutcomeKind, Prompt, Request, Sampling

MODEL = NgramModel.train(["0: 你早。\n1: 您好。\n"], 4)


def ask(sampling: Sampling, prompt: Prompt | None = None) -> Outcome:
    ticks = iter([10.0, 12.5])
    generator = NgramGenerator("ngram:4", MODEL, clock=lambda: next(ticks))
    (outcome,) = generator.generate([Request("a", prompt or Prompt("0:"), sampling)], bool)
    assert isinstance(outcome, Outcome)
    return outcome


def test_at_temperature_zero_a_small_model_recites() -> None:
    outcome = ask(Sampling(temperature=0, max_tokens=50))
    assert outcome.text == " 你早。\n1: 您好。\n"
    assert outcome.completions[0].finish is Finish.STOP
    assert outcome.latency_s == 2.5


def test_a_stop_of_several_characters_is_cut_and_its_characters_are_usage() -> None:
    outcome = ask(Sampling(temperature=0, max_tokens=50, stop=("\n1:",)))
    assert outcome.text == " 你早。"
    assert outcome.usage.completion_tokens == len(" 你早。\n1:")
    assert outcome.usage.prompt_tokens == 2


def test_a_stop_cut_off_by_max_tokens_is_text() -> None:
    outcome = ask(Sampling(temperature=0, max_tokens=5, stop=("\n1:",)))
    assert (outcome.text, outcome.completions[0].finish) == (" 你早。\n", Finish.LENGTH)


def test_candidates_of_best_of_are_usage() -> None:
    sampling = Sampling(temperature=0, max_tokens=4, best_of=3)
    assert ask(sampling).usage.completion_tokens == 12


def test_samples_of_one_request_differ() -> None:
    outcome = ask(Sampling(n=8, max_tokens=8, temperature=2))
    assert len({completion.text for completion in outcome.completions}) > 4


def test_the_seed_changes_the_samples() -> None:
    one, other = (ask(Sampling(seed=seed, temperature=2)).text for seed in (0, 1))
    assert one != other


def test_penalties_do_not_count_the_prompt() -> None:
    sampling = Sampling(temperature=0, frequency_penalty=2, max_tokens=4)
    assert ask(sampling, Prompt("你" * 50 + "0: ")).text.startswith("你")


def test_an_echo_has_the_log_probabilities_of_the_models_chances() -> None:
    text = "0: 你早！\n丁"
    sampling = Sampling(echo=True, max_tokens=0, logprobs=0)
    (echo,) = ask(sampling, Prompt(text)).completions
    expected = MODEL.chances([Piece(text)])[:-1]
    assert [math.exp(token.logprob) for token in echo.logprobs] == pytest.approx(expected)


def test_stops_are_not_looked_for_in_an_echo() -> None:
    outcome = ask(Sampling(temperature=0, max_tokens=50, stop=("0:", "\n"), echo=True))
    assert (outcome.text, outcome.generated) == ("0: 你早。", " 你早。")
    assert outcome.usage.prompt_tokens == 2


def test_messages_are_a_failure_that_says_why() -> None:
    outcome = ask(Sampling(), Prompt(messages=(Message("user", "你好"),)))
    assert outcome.failure is not None
    assert outcome.failure.kind is OutcomeKind.ERROR
    assert outcome.failure.code == "needs_text_prompt"


@pytest.mark.parametrize(
    ("bias", "said"),
    [({"50256": -100.0}, "neither one character"), ({"": 1.0}, "neither"), ({"鼎": 5.0}, "never")],
)
def test_a_bias_that_cannot_be_is_a_failure(bias: dict[str, float], said: str) -> None:
    failure = ask(Sampling(logit_bias=bias)).failure
    assert failure is not None
    assert said in failure.message
    assert failure.code == "unknown_token"


def test_a_character_never_seen_is_banned_already() -> None:
    assert ask(Sampling(logit_bias={"鼎": -100.0})) == ask(Sampling())
