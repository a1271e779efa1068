"""`prepare`, and its name of 2022: check and mend a file of training examples."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from xiangsheng.cli.commands.pricing import On, Prices, opened_book
from xiangsheng.cli.commands.source_options import Json
from xiangsheng.cli.language import say

PREPARE = say(
    "Check a file of training examples, and write a mended copy.\n\n"
    "Every finding has its lines; fixes are asked one by one. What is read is never changed.",
    "检查训练样本文件，并另存一份改好的。\n\n每个问题都指出行号，逐项询问是否修改；原文件不动。",
)
PREPARE_DATA = say(
    "The checks of 2022, as `prepare --profile openai-2022`, without the record of changes.",
    "2022 年的检查，同 `prepare --profile openai-2022`，但不写修改记录。",
)

Quiet = Annotated[
    bool,
    typer.Option("--quiet", "-q", help=say("Make every fix, ask nothing.", "全部修改，不询问。")),
]


def prepare(
    file: Annotated[
        Path,
        typer.Argument(
            readable=False,  # which is said with all else that may be wrong with it
            help=say(
                "JSONL, JSON, CSV, TSV, XLSX or TXT; - is standard input.",
                "JSONL、JSON、CSV、TSV、XLSX 或 TXT；- 是标准输入。",
            ),
        ),
    ],
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            help=say("File to write; FILE_prepared.jsonl otherwise.", "写到哪个文件。"),
        ),
    ] = None,
    quiet: Quiet = False,
    profile: Annotated[
        str,
        typer.Option(
            help=say(
                "Which checks: dialogue, openai-2022 or chat; by the content otherwise.",
                "用哪套检查：dialogue、openai-2022 或 chat；不写则看内容。",
            )
        ),
    ] = "",
    split: Annotated[
        bool,
        typer.Option(
            "--split",
            help=say(
                "Write a part to validate with as well; dialogues stay whole.",
                "另分出一部分作验证，同一对话不拆开。",
            ),
        ),
    ] = False,
    seed: Annotated[
        int,
        typer.Option(
            help=say("Draws the dialogues that --split holds out.", "--split 抽取对话的种子。")
        ),
    ] = 0,
    tokens: Annotated[
        bool,
        typer.Option(
            "--tokens",
            help=say(
                "Count tokens, and say what the model's limit would cut and what training costs.",
                "数词元，并指出会被模型的长度上限截掉的内容、训练要花多少。",
            ),
        ),
    ] = False,
    model: Annotated[
        str,
        typer.Option(
            help=say(
                "Whose tokens: openai:davinci, local:ada, …",
                "数哪个模型的词元：openai:davinci、local:ada……",
            )
        ),
    ] = "openai:davinci",
    on: On = "",
    prices: Prices = None,
    valid: Annotated[
        Path | None,
        typer.Option(
            help=say(
                "Rows to validate with: prompts that are in both are named.",
                "验证用的样本文件；两边都有的提示会指出来。",
            )
        ),
    ] = None,
    against: Annotated[
        Path | None,
        typer.Option(
            help=say(
                "Test scripts or rows: text that they share with these rows is named.",
                "测试用的剧本或样本；与之相同的文字会指出来。",
            )
        ),
    ] = None,
    near: Annotated[
        bool | None,
        typer.Option(
            "--near/--no-near",
            help=say(
                "Look for rows that are nearly the same; up to 200,000 rows otherwise.",
                "查找几乎相同的行；不写则不超过 200,000 行才找。",
            ),
        ),
    ] = None,
    skip_bad: Annotated[
        bool,
        typer.Option(
            "--skip-bad",
            help=say("Leave out lines that cannot be read.", "略去读不了的行。"),
        ),
    ] = False,
    format: Annotated[
        str,
        typer.Option(help=say("Read it as this, whatever its name.", "按这种格式读，不管文件名。")),
    ] = "",
    encoding: Annotated[str | None, typer.Option(help=say("Text encoding.", "文字编码。"))] = None,
    sheet: Annotated[str, typer.Option(help=say("Sheet of a workbook.", "工作表的名字。"))] = "",
    json: Json = False,
) -> None:
    from xiangsheng.cli.prepare_dialogue import Wishes, prepared
    from xiangsheng.prepare.checking.profiles import profile_named
    from xiangsheng.verbs.prepare import PrepareOptions
    from xiangsheng.verbs.prepare_further import Further

    asking = None
    if tokens:
        from xiangsheng.pricing.estimating import Asking
        from xiangsheng.pricing.moments import parse_when

        asking = Asking(opened_book(prices), model, parse_when(on, datetime.now(UTC)))
    options = PrepareOptions(
        profile_named(profile),
        format,
        encoding,
        sheet,
        skip_bad,
        further=Further(near, valid, against, tokens=tokens, model=model, asking=asking),
        seed=seed,
    )
    prepared(file, options, Wishes(output, quiet=quiet, split=split, json=json))


def prepare_data(
    file: Annotated[
        Path,
        typer.Option(
            "--file", "-f", readable=False, help=say("The file to check.", "要检查的文件。")
        ),
    ],
    quiet: Quiet = False,
) -> None:
    from xiangsheng.cli.prepare_dialogue import Wishes, prepared
    from xiangsheng.prepare.checking.profiles import Profile
    from xiangsheng.verbs.prepare import PrepareOptions

    # Scripts of that time look for *_prepared*.jsonl, so that nothing else may be called so.
    options = PrepareOptions(Profile.OPENAI_2022, record=False, further=None)
    prepared(file, options, Wishes(quiet=quiet))


tools = typer.Typer(no_args_is_help=True, help=say("Names of 2022.", "2022 年的叫法。"))
tools.command("fine_tunes.prepare_data", help=PREPARE_DATA)(prepare_data)


@tools.callback()
def _tools() -> None:
    """So that one command is still called by its name."""
