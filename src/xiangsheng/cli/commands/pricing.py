"""`price list`, `price show`: the dated price book."""

import os
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from xiangsheng.cli.language import say

if TYPE_CHECKING:
    from xiangsheng.pricing.price_book import Book

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help=say("The price book, with dates and sources.", "价格表，附日期和来源。"),
)

Json = Annotated[
    bool,
    typer.Option("--json", help=say("One JSON document on stdout.", "在标准输出给出一个 JSON。")),
]
On = Annotated[
    str,
    typer.Option(
        "--on",
        help=say(
            "Day or moment, e.g. 2022-02-26 or 2026-11-23T10:00+08:00; now when not given.",
            "哪天或何时，例如 2022-02-26 或 2026-11-23T10:00+08:00；不给则为现在。",
        ),
    ),
]
Prices = Annotated[
    Path | None,
    typer.Option(
        help=say(
            "File of your own prices, which come first; also XIANGSHENG_PRICES, and prices.toml in "
            "the home.",
            "自己的价格文件，优先于价格表；也可用 XIANGSHENG_PRICES，或主目录里的 prices.toml。",
        )
    ),
]
Currency = Annotated[
    str,
    typer.Option(
        help=say(
            "USD or CNY, where a service has a list of each; else USD comes first.",
            "USD 或 CNY（有两份价目的服务）；不给则先用 USD。",
        )
    ),
]


@app.command("list", help=say("Prices in force on a day.", "某一天的价格。"))
def list_(
    on: On = "",
    provider: Annotated[
        str, typer.Option(help=say("One service, e.g. openai.", "只看一家，例如 openai。"))
    ] = "",
    kind: Annotated[
        str,
        typer.Option(
            help=say(
                "One kind: train, input, cached_input, output, batch_input, batch_output; with "
                "ft_ before it, of fine-tuned models.",
                "只看一种：train、input、cached_input、output、batch_input、batch_output；前面加 "
                "ft_ 是微调模型的。",
            )
        ),
    ] = "",
    currency: Currency = "",
    prices: Prices = None,
    json: Json = False,
) -> None:
    from xiangsheng.cli import price_json, price_table
    from xiangsheng.cli.consoles import output, write_json
    from xiangsheng.pricing.moments import parse_when
    from xiangsheng.verbs.prices import prices_in_force

    when = parse_when(on, datetime.now(UTC))
    found = prices_in_force(opened_book(prices), when, provider, kind, currency)
    if json:
        sources = {one.key: price_json.source(one) for price in found for one in price.sources}
        listed = [price_json.price(price) for price in found]
        write_json({"on": told(when), "prices": listed, "sources": sources})
    else:
        price_table.show_list(found, told(when), output())


@app.command(
    help=say("One model: all prices over time, with sources.", "一个模型历来的价格和来源。")
)
def show(
    model: Annotated[
        str,
        typer.Argument(
            help=say(
                "Name, e.g. davinci or dashscope:qwen-plus.",
                "模型名，例如 davinci 或 dashscope:qwen-plus。",
            )
        ),
    ],
    on: Annotated[
        str,
        typer.Option(
            "--on",
            help=say("Only what is in force on this day.", "只看这一天的价格。"),
        ),
    ] = "",
    prices: Prices = None,
    json: Json = False,
) -> None:
    from xiangsheng.cli import price_json, price_table
    from xiangsheng.cli.consoles import output, write_json
    from xiangsheng.pricing.moments import parse_when
    from xiangsheng.verbs.prices import show_model

    when = parse_when(on, datetime.now(UTC)) if on else None
    shown = show_model(opened_book(prices), model, when)
    if json:
        write_json(price_json.model(shown, told(when) if when else ""))
    else:
        price_table.show_model(shown, told(when) if when else "", output())


def opened_book(named: Path | None) -> "Book":
    """The book, with the files of this person before it."""
    from xiangsheng.pricing.price_book import open_book
    from xiangsheng.verbs.prices import own_files

    return open_book(own_files(named, Path.cwd(), os.environ))


def told(when: date | datetime) -> str:
    """A day, or a moment to the minute in UTC."""
    if isinstance(when, datetime):
        return when.astimezone(UTC).strftime("%Y-%m-%dT%H:%MZ")
    return when.isoformat()
