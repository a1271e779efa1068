"""`complete`: one completion under all sampling parameters, of this home or of a service."""

import sys
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import typer

from xiangsheng.cli.language import say
from xiangsheng.cli.printable import printable, write
from xiangsheng.cli.service_options import BaseUrl, base_url_of, service_of, warned
from xiangsheng.core.errors import UsageError, XiangshengError

if TYPE_CHECKING:
    from xiangsheng.core.generation import Chunk, Outcome, Sampling

DEFAULT = "local:ada"
LONGEST_ANSWER_S = 600.0
"""As the service's own clients wait."""
COMPLETE = say("Complete one prompt.", "让模型接着一段提示往下写。")


def complete(
    prompt: Annotated[
        str,
        typer.Option(
            "--prompt", "-p", help=say(r"The prompt; \n is a new line.", r"提示；\n 表示换行。")
        ),
    ],
    model: Annotated[
        str,
        typer.Option(
            "--model",
            "-m",
            help=say("Full model name; local:ada here.", "模型全名；本机默认 local:ada。"),
        ),
    ] = "",
    max_tokens: Annotated[
        int,
        typer.Option(
            "--max-tokens",
            "-M",
            help=say(
                "Longest answer; 0 only with --echo.", "回答最长多少个词元；0 须配合 --echo。"
            ),
        ),
    ] = 16,
    temperature: Annotated[
        float,
        typer.Option(
            "--temperature", "-t", help=say("0 (most likely) to 2.", "0（最可能的词元）到 2。")
        ),
    ] = 1.0,
    top_p: Annotated[
        float,
        typer.Option(
            "--top-p", "-P", help=say("Share of the mass drawn from.", "从多大的概率质量里抽。")
        ),
    ] = 1.0,
    n: Annotated[int, typer.Option("-n", help=say("How many answers.", "要几个回答。"))] = 1,
    best_of: Annotated[
        int | None,
        typer.Option(
            help=say("Draw so many, keep the n likeliest.", "抽这么多个，留最可能的 n 个。")
        ),
    ] = None,
    presence_penalty: Annotated[
        float, typer.Option(help=say("-2 to 2, once a token used.", "-2 到 2，用过就扣一次。"))
    ] = 0.0,
    frequency_penalty: Annotated[
        float, typer.Option(help=say("-2 to 2, for every use.", "-2 到 2，每用一次扣一次。"))
    ] = 0.0,
    stop: Annotated[
        list[str] | None,
        typer.Option(help=say("Ends the answer; at most four.", "遇到就停；最多给四个。")),
    ] = None,
    logit_bias: Annotated[
        list[str] | None,
        typer.Option(
            metavar="TOKEN=BIAS",
            help=say(
                "-100 (never) to 100 (always) for a token.", "给词元加 -100（禁用）到 100（必用）。"
            ),
        ),
    ] = None,
    logprobs: Annotated[
        int | None,
        typer.Option(
            help=say("With --json: the likeliest tokens.", "配合 --json：列出最可能的词元。")
        ),
    ] = None,
    seed: Annotated[
        int, typer.Option(help=say("Equal seeds, equal answers.", "种子相同，回答相同。"))
    ] = 0,
    echo: Annotated[
        bool,
        typer.Option(
            "--echo",
            help=say(
                "The prompt first, and in --logprobs too.", "先给出提示，--logprobs 也包括它。"
            ),
        ),
    ] = False,
    stream: Annotated[
        bool, typer.Option("--stream", help=say("Print it as it comes.", "边写边显示。"))
    ] = False,
    base_url: BaseUrl = "",
    json: Annotated[
        bool,
        typer.Option(
            "--json", help=say("One JSON document on stdout.", "在标准输出给出一个 JSON。")
        ),
    ] = False,
) -> None:
    from xiangsheng.cli.consoles import write_json
    from xiangsheng.core.canonical import plain
    from xiangsheng.core.generation import Sampling

    asked = prompt.replace("\\n", "\n")
    sampling = Sampling(
        temperature=temperature,
        top_p=top_p,
        n=n,
        max_tokens=max_tokens,
        presence_penalty=presence_penalty,
        frequency_penalty=frequency_penalty,
        stop=tuple(text.replace("\\n", "\n") for text in stop or ()),
        logit_bias=dict(map(_bias, logit_bias or ())),
        best_of=best_of,
        logprobs=logprobs,
        seed=seed,
        echo=echo,
    )
    on_chunk = streamed(sampling) if stream and not json else None
    outcome, cost = asked_of(model, asked, sampling, base_url, on_chunk)
    if json:
        answer: Any = plain(outcome)
        write_json(answer)
    elif not outcome.failure:
        text = "" if on_chunk else "\n".join(answer.text for answer in outcome.completions)
        write(text + "\n")
    tell(cost)
    refuse_failed(outcome)


def _nothing() -> str:
    return ""


class Answer(NamedTuple):
    """`cost` finds what a person is told of it, empty for a model that costs nothing. It may fail, so it
    is asked for when the answer, which is paid for by then, has been printed.
    """

    outcome: "Outcome"
    cost: Callable[[], str] = _nothing


def asked_of(
    model: str,
    prompt: str,
    sampling: "Sampling",
    base_url: str,
    on_chunk: "Callable[[Chunk], None] | None" = None,
) -> Answer:
    """What a model makes of the prompt: one of the service that is named, or of this home."""
    from xiangsheng.backends.hosted.service import split_service
    from xiangsheng.verbs.complete import answered

    if base_url := base_url_of(base_url) or split_service(model)[0]:
        return _there(model, prompt, sampling, base_url, on_chunk)
    from xiangsheng.cli.commands.opening import opened_home
    from xiangsheng.cli.consoles import errors
    from xiangsheng.cli.interrupt import interruptible
    from xiangsheng.cli.progress import shown
    from xiangsheng.verbs.attending import Attending
    from xiangsheng.verbs.complete import asking

    console = errors()
    with opened_home(console) as workspace, interruptible(console) as cancelled:
        with shown(console) as on_event:
            ask = asking(model or DEFAULT, workspace, Attending(on_event, cancelled))
        return Answer(answered(ask, prompt, sampling, on_chunk))


def _there(
    model: str,
    prompt: str,
    sampling: "Sampling",
    base_url: str,
    on_chunk: "Callable[[Chunk], None] | None",
) -> Answer:
    from xiangsheng.backends.hosted.completions import answer
    from xiangsheng.backends.hosted.http import Patience, connected
    from xiangsheng.verbs.complete import answered

    service = service_of(base_url)
    model = service.name_of(model)
    if not model:
        raise UsageError(
            "nobody said which model to ask",
            hint="name one that the service has: -m MODEL",
            code="no_model_named",
        )
    patience = Patience(answering=LONGEST_ANSWER_S)
    with connected(service, patience, warned) as http:
        outcome = answered(partial(answer, http, model), prompt, sampling, on_chunk)
    paid = outcome.usage.prompt_tokens and not service.loopback
    return Answer(outcome, partial(_cost, outcome, service.name) if paid else _nothing)


def _cost(outcome: "Outcome", service: str) -> str:
    from datetime import UTC, datetime

    from xiangsheng.cli.amounts import told
    from xiangsheng.cli.commands.pricing import opened_book
    from xiangsheng.core.estimate import Cost
    from xiangsheng.verbs.hosted_cost import cost_of

    usage = outcome.usage
    cost = cost_of(usage, service, outcome.model, opened_book(None), datetime.now(UTC))
    tokens = f"{usage.prompt_tokens:,} + {usage.completion_tokens:,}"
    if isinstance(cost, Cost):
        return say(f"{tokens} tokens: {told(cost)}", f"{tokens} 个词元：{told(cost)}")
    return say(
        f"{tokens} tokens, at a cost that is not known: {cost.en}",
        f"{tokens} 个词元，费用不知道：{cost.zh}",
    )


def tell(cost: Callable[[], str]) -> None:
    """To be called once the answer is printed: what goes wrong here is told, and fails nothing."""
    from xiangsheng.cli.consoles import errors

    try:
        told = cost()
    except (XiangshengError, OSError) as error:
        warned(say(f"what it cost is not known: {error}", f"不知道费用：{error}"))
        return
    if told:
        errors().print(printable(told), soft_wrap=True)


def streamed(sampling: "Sampling") -> "Callable[[Chunk], None]":
    """Prints text as it comes. Raises UsageError for several answers, which would be mixed."""
    if sampling.n > 1 or (sampling.best_of or 1) > 1:
        raise UsageError(
            "only one answer can be printed as it comes",
            hint="leave out --stream, or -n and --best-of",
            code="stream",
        )

    def on_chunk(chunk: "Chunk") -> None:
        write(chunk.text)
        sys.stdout.flush()

    return on_chunk


def refuse_failed(outcome: "Outcome") -> None:
    if failure := outcome.failure:
        raise XiangshengError(f"{outcome.model}: {failure.message}", code=failure.code)


def _bias(text: str) -> tuple[str, float]:
    """The last = divides, so that = can be a token."""
    token, _, bias = text.rpartition("=")
    try:
        return token, float(bias)
    except ValueError:
        raise typer.BadParameter(f"{text!r} is not TOKEN=BIAS") from None
