"""`models`: those there are; `models build`: a base of the ladder."""

import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated

import typer

from xiangsheng.backends.names import SIZES
from xiangsheng.cli.language import say
from xiangsheng.core.errors import StoreError

if TYPE_CHECKING:
    from xiangsheng.core.model import BuiltBase, TunedModel

app = typer.Typer(
    invoke_without_command=True,
    rich_markup_mode=None,
    help=say("The models there are; build a base.", "列出可用的模型；训练一个基座。"),
)

Json = Annotated[
    bool,
    typer.Option("--json", help=say("One JSON document on stdout.", "在标准输出给出一个 JSON。")),
]


@app.callback()
def models(context: typer.Context, json: Json = False) -> None:
    if context.invoked_subcommand is None:
        list_(json)


@app.command(
    "list", help=say("The models of this home, and the families.", "列出可用的模型和模型族。")
)
def list_(json: Json = False) -> None:
    from xiangsheng.cli.commands.opening import opened_home
    from xiangsheng.cli.consoles import errors, write_json

    built: tuple[BuiltBase, ...] = ()
    tuned: tuple[TunedModel, ...] = ()
    try:
        with opened_home(errors(), make=False) as workspace:
            built, tuned = workspace.bases.all(), workspace.models.all()
    except StoreError as error:
        if error.code != "no_home":
            raise  # the families are there without one
    if json:
        write_json(
            {
                "models": [{"name": model.name, "base": model.base} for model in tuned],
                "bases": [
                    {"name": base.name, "digest": base.digest, "text": base.text} for base in built
                ],
            }
        )
        return
    sys.stdout.write("\n".join((*_families(built), *(model.name for model in tuned))) + "\n")


@app.command(help=say("Train a base of the ladder, here and now.", "在本机训练一个基座模型。"))
def build(
    size: Annotated[
        str,
        typer.Argument(
            help=say("ada, babbage, curie or davinci.", "ada、babbage、curie 或 davinci。")
        ),
    ],
    data: Annotated[
        str,
        typer.Option(
            help=say(
                "Folder whose training scripts it reads, without titles and roles; composed scripts "
                "when not given.",
                "读哪个文件夹的训练剧本（不含标题和角色）；不给则读现编的剧本。",
            )
        ),
    ] = "",
    characters: Annotated[
        int | None,
        typer.Option(
            "--chars",
            min=1000,
            max=50_000_000,
            help=say("Composed characters it reads.", "读多少字现编的剧本。"),
        ),
    ] = None,
    epochs: Annotated[
        int | None, typer.Option(min=1, help=say("How often it reads them.", "读几遍。"))
    ] = None,
    seed: Annotated[
        int, typer.Option(help=say("Equal seeds, equal models.", "种子相同，模型相同。"))
    ] = 0,
) -> None:
    from xiangsheng.cli.commands.opening import opened_home
    from xiangsheng.cli.consoles import errors
    from xiangsheng.cli.interrupt import interruptible
    from xiangsheng.cli.progress import shown
    from xiangsheng.verbs.attending import Attending
    from xiangsheng.verbs.build import BuildOptions
    from xiangsheng.verbs.build import build as verb

    console = errors()
    options = BuildOptions(size, data, characters, epochs, seed)
    with (
        opened_home(console) as workspace,
        interruptible(console) as cancelled,
        shown(console) as on_event,
    ):
        base = verb(options, workspace, Attending(on_event, cancelled))
        place = workspace.bases.path(base.digest)
    sys.stdout.write(f"{base.name} {place}\n")


def _families(built: "Iterable[BuiltBase]") -> Iterable[str]:
    """A line for each base that can be had, and where a rung is built, of what."""
    for size in SIZES:
        name = f"local:{size}"
        texts = [f"{base.text} ({base.created_at})" for base in built if base.name == name]
        yield f"{name:<14} " + (
            say("built from ", "已训练：") + "; ".join(texts)
            if texts
            else say("built when it is first needed", "第一次用到时训练")
        )
    yield say(
        "ngram:2 … ngram:9  a character n-gram model; ngram:5 is the usual one",
        "ngram:2 … ngram:9  字符 n 元模型；常用 ngram:5",
    )
