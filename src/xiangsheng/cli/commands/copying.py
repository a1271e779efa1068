"""`copied`: what a run's answers took from its training scripts."""

from typing import Annotated

import typer

from xiangsheng.cli.commands.reading import Json, RunId
from xiangsheng.cli.language import say

COPIED = say(
    "The longest spans that answers share with training scripts.",
    "回答里与训练剧本相同的最长的片段。",
)


def copied(
    run: RunId = "",
    at_least: Annotated[
        int,
        typer.Option(
            help=say(
                "Characters of a span, without punctuation, from which on it is told.",
                "片段至少多少字（不计标点）才列出。",
            )
        ),
    ] = 10,
    most: Annotated[
        int, typer.Option(min=1, help=say("How many of each system.", "每个系统最多列几段。"))
    ] = 10,
    json: Json = False,
) -> None:
    from xiangsheng.cli import copied_list
    from xiangsheng.cli.commands.opening import opened_home
    from xiangsheng.cli.consoles import errors, output, write_json
    from xiangsheng.cli.progress import shown
    from xiangsheng.core.canonical import plain
    from xiangsheng.verbs.copied import find_copied

    console = errors()
    with opened_home(console, make=False) as workspace, shown(console) as on_event:
        about, found = find_copied(workspace, run, at_least, on_event)
    if json:
        write_json({"run": about.id, "copied": plain(found)})
    else:
        copied_list.show(about, found, most, output())
