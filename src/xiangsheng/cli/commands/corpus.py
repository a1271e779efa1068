"""`corpus`: scripts in; numbers, examples, test sets out; scripts made."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from xiangsheng.cli.columns import ColumnsCommand
from xiangsheng.cli.commands import composing, corpus_clean, corpus_export, leaking, selecting
from xiangsheng.cli.commands.source_options import (
    Columns,
    Encoding,
    Format,
    Join,
    Json,
    RoleMap,
    Sheet,
    Source,
)
from xiangsheng.cli.language import say

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help=say(
        "Scripts: read, count, choose a test set, make examples.",
        "剧本：读入、统计、选测试集、转成训练样本。",
    ),
)


@app.command(
    name="import",
    cls=ColumnsCommand,
    help=say("Read scripts and write one file each.", "读入剧本，一个剧本写一个文件。"),
)
def import_(
    source: Source,
    output: Annotated[
        Path, typer.Option("--output", "-o", help=say("Folder to write to.", "写到哪个文件夹。"))
    ],
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

    console = errors()
    with shown(console) as on_event:
        options = verb.reading_options(
            format, encoding, role_map, columns, sheet=sheet, join=join_same_speaker
        )
        paths = verb.import_scripts(source, output, options, on_event)
    sys.stdout.writelines(f"{path}\n" for path in paths)


@app.command(
    cls=ColumnsCommand,
    help=say("Count scripts, lines and characters.", "统计剧本、行数、字数。"),
)
def stats(
    source: Source,
    format: Format = "",
    encoding: Encoding = "",
    role_map: RoleMap = None,
    join_same_speaker: Join = False,
    columns: Columns = None,
    sheet: Sheet = "",
    json: Json = False,
) -> None:
    from xiangsheng.cli.consoles import errors, output, write_json
    from xiangsheng.cli.corpus_table import stats_table
    from xiangsheng.cli.progress import shown
    from xiangsheng.core.canonical import plain
    from xiangsheng.verbs import corpus as verb

    with shown(errors()) as on_event:
        options = verb.reading_options(
            format, encoding, role_map, columns, sheet=sheet, join=join_same_speaker
        )
        found = verb.stats(source, options, on_event)
    if json:
        write_json({"stats": plain(found)})
    else:
        output().print(stats_table(found))


app.command("select", help=selecting.SELECT)(selecting.select)
app.command("compose", help=composing.COMPOSE)(composing.compose)
app.command("openings", help=composing.OPENINGS)(composing.openings)


@app.command(
    help=say(
        "Write training examples as JSONL: turns, block, script or chat.",
        "把剧本写成 JSONL 训练样本：turns、block、script 或 chat。",
    )
)
def render(
    source: Source,
    output: Annotated[
        Path,
        typer.Option("--output", "-o", help=say("JSONL file to write.", "要写的 JSONL 文件。")),
    ],
    rendering: Annotated[
        str,
        typer.Option(
            "--as", help=say("turns, block, script or chat.", "turns、block、script 或 chat。")
        ),
    ] = "turns",
    settings: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            help=say("Change the rendering, e.g. history=10.", "修改渲染方式，例如 history=10。"),
        ),
    ] = None,
    summary: Annotated[
        str,
        typer.Option(
            help=say(
                "Summary line: keep (the source's own) or lead (the first lines).",
                "摘要行：keep（用原有的）或 lead（取开头几句）。",
            )
        ),
    ] = "",
) -> None:
    from xiangsheng.cli.consoles import errors
    from xiangsheng.cli.progress import shown
    from xiangsheng.verbs import corpus as verb

    with shown(errors()) as on_event:
        count = verb.render(
            source,
            output,
            on_event,
            format_name=rendering,
            settings=settings or (),
            summary=summary,
        )
    sys.stdout.write(say(f"{count} examples: {output}\n", f"{count} 个样本：{output}\n"))


app.command("export", cls=ColumnsCommand, help=corpus_export.EXPORT)(corpus_export.export)
app.command("clean", cls=ColumnsCommand, help=corpus_clean.CLEAN)(corpus_clean.clean)
app.command("leaks", help=leaking.LEAKS)(leaking.leaks)
app.command("split", help=leaking.SPLIT)(leaking.split)
