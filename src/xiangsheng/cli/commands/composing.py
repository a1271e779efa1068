"""`corpus compose`, `corpus openings`: scripts and first lines, written by rule."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from xiangsheng.cli.commands.source_options import Json
from xiangsheng.cli.language import say

COMPOSE = say(
    "Write scripts by rule, to learn the language from.", "按规则编写对口相声，供模型学语言。"
)
OPENINGS = say("Opening lines on any topic.", "就任意话题写开场白。")


def compose(
    characters: Annotated[
        int, typer.Option("--chars", help=say("Characters of lines.", "台词总字数。"))
    ] = 300_000,
    seed: Annotated[int, typer.Option(help=say("Another seed, other scripts.", "种子。"))] = 0,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            help=say(
                "New folder, one file a script; else stdout.",
                "新文件夹，一个剧本一个文件；不给则标准输出。",
            ),
        ),
    ] = None,
) -> None:
    from xiangsheng.verbs import compose as verb

    if output is None:
        sys.stdout.write(verb.as_text(verb.composed(characters, seed)))
        return
    count = verb.compose_into(output, characters, seed)
    sys.stdout.write(say(f"{count} scripts: {output}\n", f"{count} 个剧本：{output}\n"))


def openings(
    topic: Annotated[str, typer.Option(help=say("Any topic.", "任意话题。"))],
    mood: Annotated[
        str,
        typer.Option(
            help=say(
                "得意, 抱怨, 着急, 热心, 委屈 or 神秘.", "得意、抱怨、着急、热心、委屈或神秘。"
            )
        ),
    ] = "",
    count: Annotated[int, typer.Option("-n", help=say("How many.", "几句。"))] = 20,
    seed: Annotated[int, typer.Option(help=say("Another seed, other lines.", "种子。"))] = 0,
    json: Json = False,
) -> None:
    from xiangsheng.cli.consoles import write_json
    from xiangsheng.verbs import compose as verb

    lines = verb.opening_lines(topic, mood, count, seed)
    if json:
        write_json({"openings": [{"topic": topic, "text": line} for line in lines]})
    else:
        sys.stdout.writelines(f"{line}\n" for line in lines)
