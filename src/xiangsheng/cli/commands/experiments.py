"""`demo`, `run`, `resume`: studies that ask models."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated

import typer

from xiangsheng.cli.language import say
from xiangsheng.core.errors import InterruptedRunError

if TYPE_CHECKING:
    from xiangsheng.core.run import Run
    from xiangsheng.store.workspace import Workspace
    from xiangsheng.verbs.attending import Attending

DEMO = say(
    "The whole small study on the bundled scripts, and a report.",
    "用自带的剧本跑完一整套小实验，并生成报告。",
)
RUN = say(
    "Run an experiment: exp1, exp2 or your own recipe.toml.",
    "运行实验：exp1、exp2 或自己的 recipe.toml。",
)
RESUME = say("Go on with a run that was stopped.", "继续一个中断的实验。")

Json = Annotated[
    bool,
    typer.Option("--json", help=say("One JSON document on stdout.", "在标准输出给出一个 JSON。")),
]
Reuse = Annotated[
    bool,
    typer.Option(
        "--reuse",
        help=say("Use equal answers of other runs.", "沿用其他实验中相同请求的回答。"),
    ),
]


def demo(json: Json = False) -> None:
    from xiangsheng.verbs.recipe import load_recipe
    from xiangsheng.verbs.run import run_study

    recipe = load_recipe("exp2")
    _attend(lambda *home: run_study(recipe, *home), json=json, reuse=False)


def run(
    recipe: Annotated[
        str, typer.Argument(help=say("exp1, exp2 or a .toml file.", "exp1、exp2 或 .toml 文件。"))
    ],
    data: Annotated[
        str,
        typer.Option(
            help=say("Folder with training and test scripts.", "放训练剧本和测试剧本的文件夹。")
        ),
    ] = "",
    model: Annotated[
        str, typer.Option("--model", "-m", help=say("Full model name.", "模型全名。"))
    ] = "",
    settings: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            help=say(
                "Change the recipe, e.g. sampling.temperature=0.7.",
                "修改配方，例如 sampling.temperature=0.7。",
            ),
        ),
    ] = None,
    reuse: Reuse = False,
    json: Json = False,
) -> None:
    from xiangsheng.verbs.recipe import load_recipe
    from xiangsheng.verbs.run import run_study

    chosen = load_recipe(recipe, settings or (), {"data.root": data, "model": model})
    _attend(lambda *home: run_study(chosen, *home), json=json, reuse=reuse)


def resume(
    run: Annotated[
        str, typer.Argument(help=say("The run's id, or its beginning.", "实验编号或其开头。"))
    ] = "",
    reuse: Reuse = False,
    json: Json = False,
) -> None:
    from xiangsheng.verbs.run import resume_run

    _attend(lambda *home: resume_run(run, *home), json=json, reuse=reuse, make=False)


def _attend(
    verb: "Callable[[Workspace, Attending], Run]", *, json: bool, reuse: bool, make: bool = True
) -> None:
    """Runs the verb under progress and Ctrl-C, then writes and shows the report."""
    from xiangsheng.cli import results
    from xiangsheng.cli.commands.opening import opened_home
    from xiangsheng.cli.consoles import errors, output, write_json
    from xiangsheng.cli.interrupt import interruptible
    from xiangsheng.cli.progress import shown
    from xiangsheng.verbs.attending import Attending
    from xiangsheng.verbs.report import write_report

    console = errors()
    with opened_home(console, make=make) as workspace:
        with interruptible(console) as cancelled, shown(console) as on_event:
            done = verb(workspace, Attending(on_event, cancelled, reuse=reuse))
        try:
            written = write_report(workspace, done.id)
        except KeyboardInterrupt as error:
            raise InterruptedRunError(
                "the run is complete, but its report was not written",
                hint=f"write it with: xiangsheng report {done.id}",
            ) from error
    if json:
        write_json(results.document(written))
    else:
        results.show(written, output())
