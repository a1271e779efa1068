"""`corpus export`: scripts as one file for other programs."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from xiangsheng.cli.commands.source_options import (
    Columns,
    Encoding,
    Format,
    Join,
    RoleMap,
    Sheet,
    Source,
)
from xiangsheng.cli.language import say

EXPORT = say(
    "Write scripts as one CSV, TSV, XLSX, JSON or JSONL file, to be read back unchanged.",
    "把剧本写成一个 CSV、TSV、XLSX、JSON 或 JSONL 文件，再读回来一字不差。",
)


def export(
    source: Source,
    output: Annotated[
        Path,
        typer.Option(
            "--output",
            "-o",
            help=say("File to write; its suffix says the format.", "要写的文件，后缀决定格式。"),
        ),
    ],
    form: Annotated[
        str,
        typer.Option(
            "--as",
            help=say(
                "csv, tsv, xlsx, json, jsonl or txt-folder, whatever the suffix.",
                "csv、tsv、xlsx、json、jsonl 或 txt-folder，不看后缀。",
            ),
        ),
    ] = "",
    format: Format = "",
    encoding: Encoding = "",
    role_map: RoleMap = None,
    join_same_speaker: Join = False,
    columns: Columns = None,
    sheet: Sheet = "",
) -> None:
    from xiangsheng.cli.consoles import errors
    from xiangsheng.cli.progress import shown
    from xiangsheng.verbs import corpus as verb
    from xiangsheng.verbs.export import export_scripts

    with shown(errors()) as on_event:
        options = verb.reading_options(
            format, encoding, role_map, columns, sheet=sheet, join=join_same_speaker
        )
        paths = export_scripts(source, output, options, on_event, form=form)
    sys.stdout.writelines(f"{path}\n" for path in paths)
