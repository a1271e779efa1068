"""`complete`: one completion under all sampling parameters."""

import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from xiangsheng.cli.language import say
from xiangsheng.core.errors import XiangshengError

if TYPE_CHECKING:
    from xiangsheng.core.generation import Outcome, Sampling

COMPLETE = say("Complete one prompt.", "让模型接着一段提示往下写。")


def complete(
    prompt: Annotated[
        str,
        typer.Option(
            "--prompt", "-p", help=say(r"The prompt; \n is a new line.", r"提示；\n 表示换行。")
        ),
    ],
    model: Annotated[
        str, typer.Option("--model", "-m", help=say("Full model name.", "模型全名。"))
    ] = "local:ada",
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
    outcome = _outcome(model, asked, sampling)
    if json:
        answer: Any = plain(outcome)
        write_json(answer)
    _refuse_failed(outcome)
    if not json:
        sys.stdout.write("\n".join(answer.text for answer in outcome.completions) + "\n")


def answered(model: str, prompt: str, sampling: "Sampling") -> "Outcome":
    """What the model makes of the prompt. Raises XiangshengError where that is nothing."""
    outcome = _outcome(model, prompt, sampling)
    _refuse_failed(outcome)
    return outcome


def _outcome(model: str, prompt: str, sampling: "Sampling") -> "Outcome":
    from xiangsheng.cli.commands.opening import opened_home
    from xiangsheng.cli.consoles import errors
    from xiangsheng.cli.interrupt import interruptible
    from xiangsheng.cli.progress import shown
    from xiangsheng.verbs.attending import Attending
    from xiangsheng.verbs.complete import complete as verb

    console = errors()
    with (
        opened_home(console) as workspace,
        interruptible(console) as cancelled,
        shown(console) as on_event,
    ):
        return verb(model, prompt, sampling, workspace, Attending(on_event, cancelled))


def _refuse_failed(outcome: "Outcome") -> None:
    if failure := outcome.failure:
        raise XiangshengError(f"{outcome.model}: {failure.message}", code=failure.code)


def _bias(text: str) -> tuple[str, float]:
    """The last = divides, so that = can be a token."""
    token, _, bias = text.rpartition("=")
    try:
        return token, float(bias)
    except ValueError:
        raise typer.BadParameter(f"{text!r} is not TOKEN=BIAS") from None
