"""`corpus select`: a test set by hand, or by rank, or again from its decisions."""

import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from xiangsheng.cli.commands.source_options import Encoding, Format, Join, Json, RoleMap, Source
from xiangsheng.cli.language import say
from xiangsheng.core.errors import UsageError

SELECT = say("Choose a test set, window by window.", "逐段挑选测试集。")


def select(
    source: Source,
    output: Annotated[
        Path,
        typer.Option("--output", "-o", help=say("New folder to write to.", "写到哪个新文件夹。")),
    ],
    scripts: Annotated[
        int | None,
        typer.Option(min=1, help=say("How many; 50 when not given.", "要几个剧本；不给则 50。")),
    ] = None,
    lines: Annotated[
        int | None,
        typer.Option(min=2, help=say("Lines of each; 20 when not given.", "每个几行；不给则 20。")),
    ] = None,
    against: Annotated[
        Path | None,
        typer.Option(
            help=say(
                "Training scripts: no line of theirs is taken.", "训练剧本：选出的行不与它们相同。"
            )
        ),
    ] = None,
    seed: Annotated[
        int | None,
        typer.Option(help=say("Order of asking; 0 when not given.", "提问的次序；不给则 0。")),
    ] = None,
    decisions: Annotated[
        Path | None,
        typer.Option(
            help=say(
                "File of decisions; OUTPUT.decisions.jsonl when not given.",
                "决定写在哪个文件；不给则为 OUTPUT.decisions.jsonl。",
            )
        ),
    ] = None,
    rebuild: Annotated[
        Path | None,
        typer.Option(
            help=say(
                "Make the same set again from its decisions.", "按这个决定文件重做同一个测试集。"
            )
        ),
    ] = None,
    yes: Annotated[
        bool,
        typer.Option(
            "--yes", help=say("Take the best-ranked, unread.", "不问，直接取排在最前的。")
        ),
    ] = False,
    format: Format = "",
    encoding: Encoding = "",
    role_map: RoleMap = None,
    join_same_speaker: Join = False,
    json: Json = False,
) -> None:
    from xiangsheng.cli.consoles import errors, write_json
    from xiangsheng.cli.progress import notes
    from xiangsheng.cli.select_asking import Asking
    from xiangsheng.cli.select_summary import told, unfinished
    from xiangsheng.core.canonical import plain
    from xiangsheng.verbs.corpus import reading_options
    from xiangsheng.verbs.rebuild import rebuild as again
    from xiangsheng.verbs.select import Wishes
    from xiangsheng.verbs.select import select as verb

    console = errors()
    on_event = notes(console)
    reading = reading_options(format, encoding, role_map, join=join_same_speaker)
    wishes = Wishes(source, output, decisions, against, scripts, lines, seed, reading)
    if rebuild is None:
        ask = None if yes else Asking(console, getattr(sys.stdin, "buffer", None))
        done = verb(wishes, ask, on_event)
    elif yes or wishes != Wishes(source, output):
        raise UsageError(
            "--rebuild takes all options but --output and --json from the decisions",
            hint="leave the others out",
        )
    else:
        done = again(rebuild, source, output, on_event)
    if json:
        table: Any = plain(done)
        write_json({"selection": {"complete": done.complete, **table}})
    else:
        told(done, console)
    if not done.complete:
        raise unfinished(done)
    if not json:
        sys.stdout.write(f"{done.folder}\n")
