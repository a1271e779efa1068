"""What the contract leaves open and the local generator decides."""

import pytest
import torch

from tiny_networks import NEVER_ENDS, TOKENIZER, Counting, Reciting, answers, local, shape, tiny
from xiangsheng.backends.local import chat
from xiangsheng.backends.local.generate import LocalGenerator
from xiangsheng.core.example import Message
from xiangsheng.core.generation import (
    Failure,
    Finish,
    Outcome,
    OutcomeKind,
    Prompt,
    Request,
    Sampling,
)

CHAT = (Message("system", "对口相声"), Message("user", "你好"))
SYSTEM, USER, ASSISTANT, END = (
    TOKENIZER.special(f"<|{name}|>") for name in ("system", "user", "assistant", "end")
)


def ask(generator: LocalGenerator, prompt: Prompt, sampling: Sampling = Sampling()) -> Outcome:
    (outcome,) = answers(generator, [Request("a", prompt, sampling)]).values()
    return outcome


def refused(outcome: Outcome) -> Failure:
    assert outcome.failure is not None
    assert outcome.kind is OutcomeKind.REFUSED  # asking again would not help
    assert outcome.completions == ()
    return outcome.failure


@pytest.mark.parametrize("characters", [64, 65, 1000])
def test_a_prompt_without_room_for_an_answer_is_refused_and_the_refusal_says_what_to_do(
    characters: int,
) -> None:
    failure = refused(ask(local(tiny(context=65)), Prompt("长" * characters)))
    assert failure.code == "context_length"
    assert failure.message.startswith(
        f"the prompt has {characters:,} tokens and the model sees 64, its answer included: shorten it"
    )


def test_a_prompt_that_fills_the_context_can_be_read_but_a_longer_one_cannot() -> None:
    reading = Sampling(max_tokens=0, echo=True, logprobs=0)
    outcome = ask(local(tiny(context=65)), Prompt("长" * 64), reading)
    assert len(outcome.completions[0].logprobs) == 64
    assert (
        refused(ask(local(tiny(context=65)), Prompt("长" * 65), reading)).code == "context_length"
    )


@pytest.mark.parametrize("length", [1, 40, 63])
def test_an_answer_ends_where_the_context_does(length: int) -> None:
    sampling = Sampling(max_tokens=1_000_000, logit_bias=NEVER_ENDS, logprobs=0)
    (completion,) = ask(local(tiny(context=65)), Prompt("长" * length), sampling).completions
    assert completion.finish is Finish.LENGTH
    assert len(completion.logprobs) == 64 - length


def test_a_model_of_texts_refuses_messages_and_one_of_messages_refuses_texts() -> None:
    for chats, prompt, takes in (
        (False, Prompt(messages=CHAT), "text"),
        (True, Prompt("0: 你好\n1:"), "chat messages"),
        (True, Prompt(), "chat messages"),
    ):
        failure = refused(ask(local(tiny(), chats=chats), prompt))
        assert failure.code == "rendering"
        assert failure.message == f"local:tiny was trained on another rendering: it takes {takes}"


@pytest.mark.parametrize("role", ["tool", "", "end", "endoftext"])
def test_a_role_that_the_template_lacks_is_refused(role: str) -> None:
    prompt = Prompt(messages=(*CHAT, Message(role, "好")))
    failure = refused(ask(local(tiny(), chats=True), prompt))
    assert failure.code == "rendering"
    assert failure.message == f"there is no role {role!r}: give system, user, assistant"


@pytest.mark.parametrize("token", ["你好", "熹", "", "<|nobody|>", "\ud800"])
def test_a_bias_for_what_is_no_token_is_refused(token: str) -> None:
    failure = refused(ask(local(tiny()), Prompt("0:"), Sampling(logit_bias={token: 1.0})))
    assert failure.code == "unknown_token"
    assert failure.message == f"logit_bias: {token!r} is not one token of this model"


def test_those_that_are_refused_do_not_hold_up_the_others() -> None:
    good = Sampling(max_tokens=3, logit_bias=NEVER_ENDS)
    prompts = [Prompt("长" * 500), Prompt("好"), Prompt(messages=CHAT), Prompt("你")]
    requests = [Request(f"{at}", prompt, good) for at, prompt in enumerate(prompts)]
    outcomes = answers(local(tiny()), requests)
    assert [outcomes[f"{at}"].failure is None for at in range(4)] == [False, True, False, True]


def test_messages_become_the_tokens_of_the_template() -> None:
    network = Counting(shape())
    outcome = ask(local(network, chats=True), Prompt(messages=CHAT), Sampling(max_tokens=1))
    tokens = chat.asking(CHAT, TOKENIZER)
    assert tokens == [
        *(SYSTEM, *TOKENIZER.encode("对口相声"), END),
        *(USER, *TOKENIZER.encode("你好"), END),
        ASSISTANT,
    ]
    assert network.read == [(1, 1 + len(tokens))]
    assert outcome.usage.prompt_tokens == len(tokens)


def test_an_assistants_last_message_is_gone_on_with() -> None:
    begun = (*CHAT, Message("assistant", "来了"))
    assert chat.asking(begun, TOKENIZER)[-4:] == [ASSISTANT, *TOKENIZER.encode("来了\n")]
    empty = (*CHAT, Message("assistant", ""))
    assert chat.asking(empty, TOKENIZER) == chat.asking(CHAT, TOKENIZER)


def test_an_answer_in_a_chat_is_drawn_after_the_template() -> None:
    messages = (Message("user", "<|end|>好"),)
    expected = tiny().double()
    tokens = [TOKENIZER.end, USER, *TOKENIZER.encode("<|end|>好"), END, ASSISTANT]
    assert END not in TOKENIZER.encode("<|end|>好")
    with torch.inference_mode():
        states = expected(torch.tensor([tokens]), torch.arange(len(tokens)))
        likeliest = int(expected.logits(states[0, -1]).argmax())
    sampling = Sampling(temperature=0, max_tokens=1, logprobs=1)
    outcome = ask(local(tiny().double(), chats=True), Prompt(messages=messages), sampling)
    assert outcome.completions[0].logprobs[0].top[0][0] == TOKENIZER.token(likeliest)


def test_messages_have_no_echo() -> None:
    sampling = Sampling(temperature=0, max_tokens=2, echo=True, logprobs=0)
    (completion,) = ask(local(tiny(), chats=True), Prompt(messages=CHAT), sampling).completions
    assert completion.echoed == 0
    assert len(completion.logprobs) == 2


def test_best_of_keeps_the_likeliest_and_counts_all() -> None:
    generator, prompt = local(tiny(loud=True).double()), Prompt("0: 你")
    asked = Sampling(max_tokens=6, n=5, logprobs=0, logit_bias=NEVER_ENDS)
    every = ask(generator, prompt, asked).completions
    best = sorted(every, key=lambda one: -sum(token.logprob for token in one.logprobs))
    kept = ask(
        generator,
        prompt,
        Sampling(max_tokens=6, n=2, best_of=5, logprobs=0, logit_bias=NEVER_ENDS),
    )
    assert [one.text for one in kept.completions] == [one.text for one in best[:2]]
    assert kept.usage.completion_tokens == 30


def test_the_seed_and_the_item_change_the_samples() -> None:
    generator = local(tiny())
    requests = [
        Request(f"item {item}", Prompt("0:"), Sampling(seed=seed))
        for item, seed in ((0, 0), (1, 0), (0, 1))
    ]
    texts = {outcome.text for one in requests for outcome in answers(generator, [one]).values()}
    assert len(texts) == 3


def test_the_digest_follows_the_weights_and_their_precision() -> None:
    engine = local(tiny()).engine
    one = LocalGenerator("local:tiny", engine, "1" * 64)
    assert one.digest == LocalGenerator("local:other", engine, "1" * 64).digest
    assert one.digest != LocalGenerator("local:tiny", engine, "2" * 64).digest
    rough = local(tiny().to(torch.bfloat16)).engine
    assert one.digest != LocalGenerator("local:tiny", rough, "1" * 64).digest


def test_an_empty_prompt_is_the_beginning_of_a_text() -> None:
    outcome = ask(local(Reciting(TOKENIZER.encode("好"))), Prompt(), Sampling(temperature=0))
    assert outcome.text == "好"
    assert outcome.usage.prompt_tokens == 0
