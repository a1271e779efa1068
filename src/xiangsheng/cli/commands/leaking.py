"""`corpus leaks`, `corpus split`: test scripts that a model has not seen."""

from pathlib import Path
from typing import Annotated

import typer

from xiangsheng.cli.commands.source_options import Encoding, Format, Join, Json, RoleMap, Source
from xiangsheng.cli.language import say

LEAKS = say(
    "Find text that test scripts share with training scripts.\n\n"
    "The exit code is 3 when there is any.",
    "找出测试剧本与训练剧本相同的文字。\n\n找到时退出码为 3。",
)
SPLIT = say(
    "Divide scripts into training and test; related ones stay together.",
    "把剧本分成训练和测试两部分，有相同文字的不拆开。",
)

Run = Annotated[
    int,
    typer.Option(
        help=say(
            "Characters in a row, without punctuation, from which on it is no chance.",
            "连续多少字相同（不计标点）就不算巧合。",
        )
    ),
]
Line = Annotated[
    int,
    typer.Option(
        help=say(
            "Characters of a whole line from which on it is no stock reply.",
            "整行多少字以上就不算套话。",
        )
    ),
]


def leaks(
    train: Annotated[
        Path,
        typer.Argument(
            help=say(
                "Training scripts: a file, a folder or a .zip.", "训练剧本：文件、文件夹或 .zip。"
            )
        ),
    ],
    test: Annotated[Path, typer.Argument(help=say("Test scripts, likewise.", "测试剧本，同上。"))],
    run: Run = 20,
    line: Line = 10,
    json: Json = False,
) -> None:
    from xiangsheng.cli import failures, leaks_list
    from xiangsheng.cli.consoles import errors, output, write_json
    from xiangsheng.cli.progress import shown
    from xiangsheng.corpus.likeness import Bounds
    from xiangsheng.verbs.leaks import find_leaks

    with shown(errors()) as on_event:
        found = find_leaks(train, test, Bounds(line=line, run=run), on_event)
    if json:
        write_json(leaks_list.document(found))
    else:
        leaks_list.show(found, output())
    if found.leaks.related:
        raise typer.Exit(failures.INVALID)


def split(
    source: Source,
    output: Annotated[
        Path,
        typer.Option("--output", "-o", help=say("New folder to write to.", "写到哪个新文件夹。")),
    ],
    test: Annotated[
        int | None, typer.Option(help=say("How many test scripts.", "测试剧本的个数。"))
    ] = None,
    test_share: Annotated[
        float | None,
        typer.Option(help=say("The same as a share, e.g. 0.1.", "同上，用比例，例如 0.1。")),
    ] = None,
    valid: Annotated[
        int | None,
        typer.Option(help=say("How many to hold out of tuning.", "微调时留作验证的剧本个数。")),
    ] = None,
    valid_share: Annotated[
        float | None,
        typer.Option(help=say("The same as a share.", "同上，用比例。")),
    ] = None,
    seed: Annotated[
        int, typer.Option(help=say("Equal seeds, equal splits.", "种子相同，分法相同。"))
    ] = 0,
    run: Run = 20,
    line: Line = 10,
    format: Format = "",
    encoding: Encoding = "",
    role_map: RoleMap = None,
    join_same_speaker: Join = False,
    json: Json = False,
) -> None:
    from xiangsheng.cli import consoles, split_list
    from xiangsheng.cli.progress import shown
    from xiangsheng.corpus.likeness import Bounds
    from xiangsheng.verbs import corpus as reading
    from xiangsheng.verbs.split import Size, SplitOptions, split_corpus

    options = SplitOptions(
        Size(test, test_share), Size(valid, valid_share), seed, Bounds(line=line, run=run)
    )
    with shown(consoles.errors()) as on_event:
        how = reading.reading_options(format, encoding, role_map, join=join_same_speaker)
        written = split_corpus(source, output, how, options, on_event)
    if json:
        consoles.write_json({"folder": str(written.folder), **written.record})
    else:
        split_list.show(written, consoles.output())
