"""`complete`: one completion under all sampling parameters."""

import sys
from typing import Annotated, Any

import typer

from xiangsheng.cli.language import say

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
    ] = "ngram:5",
    max_tokens: Annotated[int, typer.Option("--max-tokens", "-M")] = 16,
    temperature: Annotated[float, typer.Option("--temperature", "-t")] = 1.0,
    top_p: Annotated[float, typer.Option("--top-p", "-P")] = 1.0,
    n: Annotated[int, typer.Option("-n")] = 1,
    best_of: Annotated[int | None, typer.Option()] = None,
    presence_penalty: Annotated[float, typer.Option()] = 0.0,
    frequency_penalty: Annotated[float, typer.Option()] = 0.0,
    stop: Annotated[
        list[str] | None, typer.Option(help=say("At most four times.", "最多给四次。"))
    ] = None,
    logprobs: Annotated[int | None, typer.Option()] = None,
    seed: Annotated[int, typer.Option()] = 0,
    echo: Annotated[
        bool, typer.Option("--echo", help=say("Print the prompt first.", "先输出提示。"))
    ] = False,
    json: Annotated[
        bool,
        typer.Option(
            "--json", help=say("One JSON document on stdout.", "在标准输出给出一个 JSON。")
        ),
    ] = False,
) -> None:
    from xiangsheng.cli.commands.opening import opened_home
    from xiangsheng.cli.consoles import errors, write_json
    from xiangsheng.core.canonical import plain
    from xiangsheng.core.errors import XiangshengError
    from xiangsheng.core.generation import Sampling
    from xiangsheng.verbs.complete import complete as verb

    asked = prompt.replace("\\n", "\n")
    sampling = Sampling(
        temperature=temperature,
        top_p=top_p,
        n=n,
        max_tokens=max_tokens,
        presence_penalty=presence_penalty,
        frequency_penalty=frequency_penalty,
        stop=tuple(text.replace("\\n", "\n") for text in stop or ()),
        best_of=best_of,
        logprobs=logprobs,
        seed=seed,
    )
    with opened_home(errors()) as workspace:
        outcome = verb(model, asked, sampling, workspace)
    if json:
        answer: Any = plain(outcome)
        write_json(answer)
    elif outcome.failure:
        raise XiangshengError(
            f"{outcome.model}: {outcome.failure.message}", code=outcome.failure.code
        )
    else:
        texts = [(asked if echo else "") + answer.text for answer in outcome.completions]
        sys.stdout.write("\n".join(texts) + "\n")
