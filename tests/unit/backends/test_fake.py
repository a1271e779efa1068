import pytest

from xiangsheng.backends import fake
from xiangsheng.core.errors import UnknownModelError
from xiangsheng.core.example import Message
from xiangsheng.core.generation import Finish, Outcome, OutcomeKind, Prompt, Request, Sampling


def ask(name: str, text: str = "", *, item: str = "a", sampling: Sampling | None = None) -> Outcome:
    request = Request(item, Prompt(text), sampling or Sampling(max_tokens=100))
    (outcome,) = fake.generator(name).generate([request], lambda: False)
    assert isinstance(outcome, Outcome)
    return outcome


@pytest.mark.parametrize(
    ("prompt", "echo"),
    [
        ("你好", "你好"),
        ("0: 你好\n1:", "你好"),
        ("0:你好\n1： 再见 \n0:", "再见"),
        ("1:\n0:", ""),
        ("", ""),
        ("标题\n\n###\n\n0:", "###"),
    ],
)
def test_echo_gives_the_last_line_that_says_something(prompt: str, echo: str) -> None:
    assert ask("fake:echo", prompt).text == echo


def test_echo_answers_the_last_message() -> None:
    prompt = Prompt(messages=(Message("system", "规则"), Message("user", "您说")))
    (outcome,) = fake.generator("fake:echo").generate([Request("a", prompt, Sampling())], bool)
    assert isinstance(outcome, Outcome)
    assert outcome.text == "您说"


def test_echo_is_cut_by_stops_and_max_tokens() -> None:
    stopped = ask("fake:echo", "一二三四", sampling=Sampling(stop=("三四", "二三")))
    assert (stopped.text, stopped.completions[0].finish) == ("一", Finish.STOP)
    assert stopped.usage.completion_tokens == 3
    cut = ask("fake:echo", "一二三四", sampling=Sampling(max_tokens=2))
    assert (cut.text, cut.kind) == ("一二", OutcomeKind.TRUNCATED)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("fake:echo", OutcomeKind.OK),
        ("fake:slow?ms=1", OutcomeKind.OK),
        ("fake:empty", OutcomeKind.EMPTY),
        ("fake:loop", OutcomeKind.TRUNCATED),
        ("fake:refuse", OutcomeKind.REFUSED),
        ("fake:filter", OutcomeKind.FILTERED),
        ("fake:error", OutcomeKind.ERROR),
        ("fake:flaky?every=1", OutcomeKind.ERROR),
    ],
)
def test_every_kind_of_outcome_has_its_fake(name: str, kind: OutcomeKind) -> None:
    assert ask(name, "0: 你好\n").kind is kind


def test_messages_are_not_echoed() -> None:
    prompt = Prompt(messages=(Message("user", "您说"),))
    sampling = Sampling(echo=True, logprobs=1)
    (outcome,) = fake.generator("fake:echo").generate([Request("a", prompt, sampling)], bool)
    assert isinstance(outcome, Outcome)
    assert outcome.completions[0].echoed == 0
    assert outcome.text == outcome.generated == "您说"


def test_loop_repeats_one_line() -> None:
    text = ask("fake:loop").text
    assert text == (fake.LOOP * 12)[:100]


def test_flaky_fails_for_about_one_item_in_every_and_always_the_same() -> None:
    def failed(name: str) -> set[int]:
        return {n for n in range(700) if ask(name, "x", item=str(n)).failure}

    assert failed("fake:flaky") == failed("fake:flaky?every=7")
    assert 70 <= len(failed("fake:flaky")) <= 130


def test_slow_waits_before_each_answer() -> None:
    waited: list[float] = []
    slow = fake.generator("fake:slow?ms=30", sleep=waited.append)
    assert len(list(slow.generate([Request(i, Prompt(i), Sampling()) for i in "ab"], bool))) == 2
    assert waited == [0.03, 0.03]


def test_other_models_are_not_fakes() -> None:
    with pytest.raises(UnknownModelError, match="not a fake"):
        fake.generator("ngram:5")
