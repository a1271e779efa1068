"""`score`: numbers for answers that exist."""

from contextlib import ExitStack
from typing import TYPE_CHECKING, Annotated

import typer

from xiangsheng.cli.language import say

if TYPE_CHECKING:
    from xiangsheng.store.workspace import Workspace

SCORE = say(
    'Score runs, or files of pairs [{"ori": …, "gen": …}].',
    '给实验或成对文件 [{"ori": …, "gen": …}] 打分。',
)


def score(
    names: Annotated[
        list[str],
        typer.Argument(
            metavar="FILE_OR_RUN...", help=say("Pair files or run ids.", "成对文件或实验编号。")
        ),
    ],
    lines_per_script: Annotated[
        int | None,
        typer.Option(
            min=1,
            help=say(
                "Pairs of one script, in blocks; resample scripts, not pairs.",
                "每个剧本连续的行数；按剧本而不是按行重抽样。",
            ),
        ),
    ] = None,
    resamples: Annotated[
        int,
        typer.Option(min=1, max=1_000_000, help=say("Bootstrap resamples.", "自助法重抽样次数。")),
    ] = 10_000,
    seed: Annotated[
        int, typer.Option(help=say("Seed of the bootstrap.", "自助法的随机种子。"))
    ] = 0,
    encoding: Annotated[
        str,
        typer.Option(
            help=say("Encoding of the files; found out when not given.", "编码；不给则自动判断。")
        ),
    ] = "",
    json: Annotated[
        bool,
        typer.Option(
            "--json", help=say("One JSON document on stdout.", "在标准输出给出一个 JSON。")
        ),
    ] = False,
) -> None:
    from rich.text import Text

    from xiangsheng.cli import learning, results
    from xiangsheng.cli.commands.opening import opened_home
    from xiangsheng.cli.consoles import errors, output, write_json
    from xiangsheng.cli.progress import shown
    from xiangsheng.verbs import score as verb

    console = errors()
    options = verb.ScoreOptions(lines_per_script, resamples, seed, encoding)
    with ExitStack() as stack:

        def home() -> "Workspace":
            return stack.enter_context(opened_home(console, make=False))

        on_event = stack.enter_context(shown(console))
        systems = verb.score(names, options, home, on_event)
    if json:
        write_json(
            {
                "systems": {
                    system.name: {
                        "n": system.n,
                        "outcomes": {kind.value: count for kind, count in system.outcomes.items()},
                        **results.plain_scores(system.scores),
                    }
                    for system in systems
                }
            }
        )
        return
    for system in systems:
        title = f"{system.name}: n = {system.n}"
        if perplexity := system.scores.get(learning.NAME):
            line = f"{title}, {learning.NAME} {learning.figure(perplexity)}"
            output().print(Text(line), soft_wrap=True)
        else:
            results.show_scores(title, [("", system.scores)], output())
