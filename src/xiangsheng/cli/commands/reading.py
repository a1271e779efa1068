"""`report`, `log`: what there is to read."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from xiangsheng.cli.language import say

REPORT = say("Write a run's HTML report again.", "重新生成一个实验的 HTML 报告。")
LOG = say("Print a run's lab log in Markdown.", "输出一个实验的 Markdown 实验记录。")

RunId = Annotated[
    str,
    typer.Argument(
        help=say(
            "The run's id or its beginning; empty: the newest.", "实验编号或其开头；留空为最新。"
        )
    ),
]
Json = Annotated[
    bool,
    typer.Option("--json", help=say("One JSON document on stdout.", "在标准输出给出一个 JSON。")),
]


def report(
    run: RunId = "",
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help=say("Where to write it.", "写到哪里。"))
    ] = None,
    json: Json = False,
) -> None:
    from xiangsheng.cli import results
    from xiangsheng.cli.commands.opening import opened_home
    from xiangsheng.cli.consoles import errors, write_json
    from xiangsheng.verbs.report import write_report

    with opened_home(errors(), make=False) as workspace:
        written = write_report(workspace, run, page=output)
    if json:
        write_json(results.document(written))
    else:
        sys.stdout.write(f"{written.page}\n")


def log(run: RunId = "") -> None:
    from xiangsheng.cli.commands.opening import opened_home
    from xiangsheng.cli.consoles import errors
    from xiangsheng.verbs.report import lab_log

    with opened_home(errors(), make=False) as workspace:
        sys.stdout.write(lab_log(workspace, run))
