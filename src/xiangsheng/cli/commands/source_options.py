"""Options of every command that reads scripts."""

from pathlib import Path
from typing import Annotated

import typer

from xiangsheng.cli.language import say

Source = Annotated[
    Path, typer.Argument(help=say("A file, a folder or a .zip.", "文件、文件夹或 .zip。"))
]
Format = Annotated[
    str,
    typer.Option(
        help=say(
            "c3, labelled, labelled-blocks or alternating; found out when not given.",
            "c3、labelled、labelled-blocks 或 alternating；不给则自动判断。",
        )
    ),
]
Encoding = Annotated[
    str, typer.Option(help=say("Encoding; found out when not given.", "编码；不给则自动判断。"))
]
RoleMap = Annotated[
    list[str] | None,
    typer.Option(help=say("Rename a speaker, e.g. 老王=甲.", "改说话人的名字，例如 老王=甲。")),
]
Join = Annotated[
    bool,
    typer.Option(
        "--join-same-speaker",
        help=say("Join lines of one speaker in a row.", "合并同一个人连续说的几句。"),
    ),
]
Json = Annotated[
    bool,
    typer.Option("--json", help=say("One JSON document on stdout.", "在标准输出给出一个 JSON。")),
]
