"""What is asked and what comes back."""

import pytest

from xiangsheng.core.errors import UsageError
from xiangsheng.core.generation import (
    Completion,
    Finish,
    Outcome,
    OutcomeKind,
    Sampling,
    TokenLogprob,
)


@pytest.mark.parametrize(
    ("echo", "tokens", "said", "hint"),
    [
        (False, 0, "max_tokens is 0, outside 1 to 1000000", "from 1 to 1000000; 0 only with echo"),
        (False, -1, "max_tokens is -1, outside 1 to", "0 only with echo"),
        (True, -1, "max_tokens is -1, outside 0 to 1000000", "from 0 to 1000000"),
    ],
)
def test_nothing_may_be_asked_for_only_with_echo(
    *, echo: bool, tokens: int, said: str, hint: str
) -> None:
    with pytest.raises(UsageError, match=said) as caught:
        Sampling(max_tokens=tokens, echo=echo)
    assert caught.value.hint.endswith(hint)
    assert Sampling(max_tokens=0, echo=True).max_tokens == 0


def test_other_ranges_do_not_speak_of_echo() -> None:
    with pytest.raises(UsageError) as caught:
        Sampling(n=0)
    assert caught.value.hint == "give n a value from 1 to 128"


@pytest.mark.parametrize(
    ("text", "finish", "echoed", "kind"),
    [
        ("好", Finish.STOP, None, OutcomeKind.OK),
        ("好", Finish.LENGTH, None, OutcomeKind.TRUNCATED),
        (" \n", Finish.LENGTH, None, OutcomeKind.EMPTY),
        ("问", Finish.LENGTH, 1, OutcomeKind.OK),
        ("", Finish.LENGTH, 0, OutcomeKind.OK),
        ("问", Finish.STOP, 1, OutcomeKind.EMPTY),
        ("问 ", Finish.STOP, 1, OutcomeKind.EMPTY),
        ("问答", Finish.LENGTH, 1, OutcomeKind.TRUNCATED),
        ("问答", Finish.STOP, 1, OutcomeKind.OK),
    ],
)
def test_the_kind_is_that_of_what_was_generated(
    text: str, finish: Finish, echoed: int | None, kind: OutcomeKind
) -> None:
    completion = Completion(text, finish, echoed=echoed)
    assert completion.kind is kind
    assert Outcome("a", "m", (completion,)).kind is kind


def test_an_echo_has_its_prompt_and_the_tokens_of_it_before() -> None:
    one, two = TokenLogprob("问", -1.0), TokenLogprob("答", -2.0)
    echo = Completion("答", Finish.STOP, (two,)).after("问", (one,))
    assert (echo.text, echo.generated, echo.logprobs) == ("问答", "答", (one, two))
    outcome = Outcome("a", "m", (echo,))
    assert (outcome.text, outcome.generated) == ("问答", "答")
    assert Outcome("a", "m").generated == ""
