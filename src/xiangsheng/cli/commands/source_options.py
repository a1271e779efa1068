"""Options of every command that reads scripts."""

from pathlib import Path
from typing import Annotated

import typer

from xiangsheng.cli.language import say

Source = Annotated[
    Path,
    typer.Argument(
        help=say("A text or table file, a folder or a .zip.", "文本或表格文件、文件夹或 .zip。")
    ),
]
Format = Annotated[
    str,
    typer.Option(
        help=say(
            "c3, labelled, labelled-blocks, alternating, csv, tsv, xlsx, json or jsonl; found out "
            "when not given.",
            "c3、labelled、labelled-blocks、alternating、csv、tsv、xlsx、json 或 jsonl；不给则自动判断。",
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
Columns = Annotated[
    list[str] | None,
    typer.Option(
        metavar="FIELD=COLUMN...",
        help=say(
            "Which column of a table holds what, e.g. script=编号 text=内容; FIELD= for none. "
            "Fields: script, order, title, genre, summary, source, licence, speaker, name, role, "
            "text.",
            "表格的哪一列是什么，例如 script=编号 text=内容；写 FIELD= 表示没有。可用：script、order、"
            "title、genre、summary、source、licence、speaker、name、role、text。",
        ),
    ),
]
Sheet = Annotated[
    str,
    typer.Option(
        help=say(
            "Sheet of a workbook; all that hold scripts when not given.",
            "工作簿里的哪张表；不给则读所有含剧本的表。",
        )
    ),
]
Json = Annotated[
    bool,
    typer.Option("--json", help=say("One JSON document on stdout.", "在标准输出给出一个 JSON。")),
]
