"""`corpus import | stats | render | compose | openings`: scripts in, read, and made."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from xiangsheng.cli.language import say

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help=say(
        "Scripts: read, count, turn into training examples.", "剧本：读入、统计、转成训练样本。"
    ),
)

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


@app.command(
    name="import",
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
) -> None:
    from xiangsheng.cli.consoles import errors
    from xiangsheng.cli.progress import shown
    from xiangsheng.verbs import corpus as verb

    console = errors()
    with shown(console) as on_event:
        options = verb.reading_options(format, encoding, role_map or (), join=join_same_speaker)
        paths = verb.import_scripts(source, output, options, on_event)
    sys.stdout.writelines(f"{path}\n" for path in paths)


@app.command(help=say("Count scripts, lines and characters.", "统计剧本、行数、字数。"))
def stats(
    source: Source,
    format: Format = "",
    encoding: Encoding = "",
    role_map: RoleMap = None,
    join_same_speaker: Join = False,
    json: Json = False,
) -> None:
    from xiangsheng.cli.consoles import errors, output, write_json
    from xiangsheng.cli.corpus_table import stats_table
    from xiangsheng.cli.progress import shown
    from xiangsheng.core.canonical import plain
    from xiangsheng.verbs import corpus as verb

    with shown(errors()) as on_event:
        options = verb.reading_options(format, encoding, role_map or (), join=join_same_speaker)
        found = verb.stats(source, options, on_event)
    if json:
        write_json({"stats": plain(found)})
    else:
        output().print(stats_table(found))


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


@app.command(
    help=say(
        "Write scripts by rule, for base models to learn the language from.",
        "按规则编写对口相声，供基础模型学语言用。",
    )
)
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
                "Folder, one file a script; else stdout.",
                "文件夹，一个剧本一个文件；不给则标准输出。",
            ),
        ),
    ] = None,
) -> None:
    from xiangsheng.verbs import compose as verb

    if output is None:
        sys.stdout.write(verb.as_text(verb.composed(characters, seed)))
        return
    paths = verb.compose_into(output, characters, seed)
    sys.stdout.write(say(f"{len(paths)} scripts: {output}\n", f"{len(paths)} 个剧本：{output}\n"))


@app.command(
    help=say(
        "Opening lines on any topic, such as a model can go on from.",
        "就任意话题写开场白，可让模型接着说。",
    )
)
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
