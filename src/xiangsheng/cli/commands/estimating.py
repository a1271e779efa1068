"""`estimate train`, `generate`, `run`: what it would cost, before anything is spent."""

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from xiangsheng.cli.commands.pricing import Currency, Json, On, Prices, opened_book, told
from xiangsheng.cli.language import say

if TYPE_CHECKING:
    from xiangsheng.core.estimate import Estimated
    from xiangsheng.verbs.estimating import Wanted

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help=say("What it would cost, before anything is spent.", "先算要花多少，再花。"),
)

Model = Annotated[
    str,
    typer.Option(
        "--model",
        "-m",
        help=say(
            "Model name; davinci means openai:davinci here.",
            "模型名；这里的 davinci 指 openai:davinci。",
        ),
    ),
]
Compare = Annotated[
    list[str] | None,
    typer.Option(
        metavar="MODEL,MODEL...",
        help=say("The same with other models.", "换成这些模型再算一遍。"),
    ),
]
Settings = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        help=say(
            "Change the recipe or the rendering, e.g. rendering.history=10 or history=10.",
            "修改配方或渲染方式，例如 rendering.history=10 或 history=10。",
        ),
    ),
]


@app.command(help=say("What fine-tuning would cost.", "微调要花多少。"))
def train(
    source: Annotated[
        Path | None,
        typer.Argument(
            help=say(
                "A JSONL file of examples, or scripts in any shape that corpus stats reads.",
                "JSONL 训练样本，或 corpus stats 能读的剧本。",
            )
        ),
    ] = None,
    tokens: Annotated[
        int | None,
        typer.Option(
            min=1, help=say("So many tokens, instead of a file.", "不给文件，只给词元数。")
        ),
    ] = None,
    *,
    model: Model,
    epochs: Annotated[
        int, typer.Option(min=1, max=1000, help=say("How often they are read.", "训练几轮。"))
    ] = 4,
    rendering: Annotated[
        str,
        typer.Option(
            "--as",
            help=say(
                "How scripts become examples: turns, block, script or chat.",
                "剧本怎样变成样本：turns、block、script 或 chat。",
            ),
        ),
    ] = "turns",
    settings: Settings = None,
    on: On = "",
    compare: Compare = None,
    currency: Currency = "",
    prices: Prices = None,
    json: Json = False,
) -> None:
    from xiangsheng.cli.consoles import errors
    from xiangsheng.cli.progress import shown
    from xiangsheng.verbs.estimate_train import estimate_train, learning

    wanted = _wanted(model, on, compare, currency, prices)
    with shown(errors()) as on_event:
        work = learning(source, tokens, epochs, on_event, form=rendering, settings=settings or ())
        found = estimate_train(work, wanted)
    _show(found, wanted, json=json)


@app.command(help=say("What asking prompts would cost.", "让模型回答一批提示要花多少。"))
def generate(
    source: Annotated[
        Path | None,
        typer.Argument(
            help=say(
                "A JSONL file with a prompt or messages in each row, or a text file that is one "
                "prompt.",
                "每行有 prompt 或 messages 的 JSONL；或一个文本文件，整个是一段提示。",
            )
        ),
    ] = None,
    prompt: Annotated[
        list[str] | None,
        typer.Option(
            "--prompt", "-p", help=say(r"A prompt; \n is a new line.", r"一段提示；\n 表示换行。")
        ),
    ] = None,
    *,
    model: Model,
    max_tokens: Annotated[
        int,
        typer.Option(
            "--max-tokens", min=0, help=say("Most tokens of an answer.", "每个回答最多几个词元。")
        ),
    ] = 16,
    n: Annotated[
        int,
        typer.Option(
            "-n", min=1, max=128, help=say("Answers to each prompt.", "每段提示几个回答。")
        ),
    ] = 1,
    best_of: Annotated[
        int | None,
        typer.Option("--best-of", min=1, help=say("Candidates paid for.", "付费的候选个数。")),
    ] = None,
    answer_tokens: Annotated[
        int | None,
        typer.Option(
            min=0,
            help=say(
                "How long an answer likely is; the completions in the file say so too.",
                "每个回答大约几个词元；文件里的 completion 也能说明。",
            ),
        ),
    ] = None,
    on: On = "",
    compare: Compare = None,
    currency: Currency = "",
    prices: Prices = None,
    json: Json = False,
) -> None:
    from xiangsheng.verbs.estimate_generate import asked_prompts, estimate_generate

    wanted = _wanted(model, on, compare, currency, prices)
    asked = asked_prompts(
        source,
        prompt or (),
        most=max_tokens,
        copies=max(n, best_of or 0),
        likely=answer_tokens,
    )
    _show(estimate_generate(asked, wanted), wanted, json=json)


@app.command(help=say("What a whole experiment would cost.", "整个实验要花多少。"))
def run(
    recipe: Annotated[
        str, typer.Argument(help=say("exp1, exp2 or a .toml file.", "exp1、exp2 或 .toml 文件。"))
    ],
    data: Annotated[
        str,
        typer.Option(
            help=say("Folder with training and test scripts.", "放训练剧本和测试剧本的文件夹。")
        ),
    ] = "",
    model: Annotated[
        str,
        typer.Option(
            "--model",
            "-m",
            help=say("Model name; the recipe's when not given.", "模型名；不给则用配方里的。"),
        ),
    ] = "",
    settings: Settings = None,
    on: On = "",
    compare: Compare = None,
    currency: Currency = "",
    prices: Prices = None,
    json: Json = False,
) -> None:
    from xiangsheng.cli.consoles import errors
    from xiangsheng.cli.progress import shown
    from xiangsheng.verbs.estimate_run import estimate_run
    from xiangsheng.verbs.recipe import load_recipe

    chosen = load_recipe(recipe, settings or (), {"data.root": data, "model": model})
    wanted = _wanted(chosen.model, on, compare, currency, prices)
    with shown(errors()) as on_event:
        found = estimate_run(chosen, wanted, on_event)
    _show(found, wanted, json=json)


def _wanted(
    model: str, on: str, compare: list[str] | None, currency: str, prices: Path | None
) -> "Wanted":
    from xiangsheng.pricing.moments import parse_when
    from xiangsheng.verbs.estimating import wanted

    names = [name for given in compare or () for name in given.split(",") if name]
    when = parse_when(on, datetime.now(UTC))
    return wanted(opened_book(prices), model, when, currency, names)


def _show(found: "Estimated", wanted: "Wanted", *, json: bool) -> None:
    from xiangsheng.cli import estimate_json, estimate_table
    from xiangsheng.cli.consoles import output, write_json

    on = told(wanted.when)
    if json:
        write_json(estimate_json.document(found, on))
    else:
        estimate_table.show(found, on, output())
