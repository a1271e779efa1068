"""Prices on the terminal: a table a service, and one model's history with its sources."""

from collections.abc import Iterable, Sequence
from decimal import Decimal

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from xiangsheng.cli.language import say
from xiangsheng.cli.printable import printable
from xiangsheng.core.price import Hours, Kind, ListedPrice, Source
from xiangsheng.pricing.entries import DAYS
from xiangsheng.pricing.quotes import hours_told
from xiangsheng.verbs.prices import Shown

_CHINESE_DAYS = "一二三四五六日"


def show_list(prices: Sequence[ListedPrice], on: str, console: Console) -> None:
    """A table for each service and currency; amounts are for a million tokens."""
    if not prices:
        console.print(say(f"No price is known on {on}.", f"{on} 没有已知的价格。"))
    groups: dict[tuple[str, str], list[ListedPrice]] = {}
    for price in prices:
        groups.setdefault((price.provider, price.currency), []).append(price)
    for (provider, currency), group in groups.items():
        title = say(
            f"{provider} on {on}, {currency} for 1,000,000 tokens",
            f"{provider}，{on}，每百万词元 {currency}",
        )
        console.print(Text(printable(title), style="italic"), soft_wrap=True)
        console.print(_table(group))


def _table(group: Sequence[ListedPrice]) -> Table:
    rows: dict[tuple[str, str], dict[Kind, ListedPrice]] = {}
    for price in group:
        name = price.name.partition(":")[2]
        rows.setdefault((name, hours_name(price.hours)), {})[price.kind] = price
    heads = {
        Kind.TRAIN: say("train", "训练"),
        Kind.INPUT: say("input", "输入"),
        Kind.CACHED_INPUT: say("cached", "缓存"),
        Kind.OUTPUT: say("output", "输出"),
        Kind.BATCH_INPUT: say("batch", "批量"),
    }
    shown = {kind for cells in rows.values() for kind in cells}
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1))
    table.add_column(say("model", "模型"), overflow="fold")
    kinds = [kind for kind in heads if kind in shown]
    for kind in kinds:
        table.add_column(heads[kind], justify="right", no_wrap=True)
    for (name, hours), cells in rows.items():
        label = printable(f"{name} ({hours})" if hours else name)
        table.add_row(Text(label), *(_cell(cells, kind) for kind in kinds))
    return table


def _cell(cells: dict[Kind, ListedPrice], kind: Kind) -> str:
    wanted = [kind, Kind.BATCH_OUTPUT] if kind is Kind.BATCH_INPUT else [kind]
    found = [cells[one] for one in wanted if one in cells]
    return "/".join(_per_million(price) for price in found)


def _per_million(price: ListedPrice) -> str:
    if not price.per.tokens:
        return say(f"{amount(price.amount)}/hour", f"{amount(price.amount)}/时")
    return amount(price.per_million)


def amount(value: Decimal) -> str:
    """Two decimals, or as many as it has."""
    digits = f"{value.normalize():f}"
    whole, _, part = digits.partition(".")
    return f"{whole}.{part.ljust(2, '0')}"


def hours_name(hours: Hours | None) -> str:
    if hours is None:
        return ""
    return hours_told(hours)


def show_model(shown: Shown, on: str, console: Console) -> None:
    """Every price over time, or those of a day; notes, hours and sources below."""
    prices = shown.in_force if on else shown.history
    title = f"{shown.name}, {on}" if on else shown.name
    console.print(Text(printable(title), style="bold"), soft_wrap=True)
    places = list(dict.fromkeys(price.place for price in prices))
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1))
    table.add_column(say("kind", "种类"), no_wrap=True)
    table.add_column(say("amount", "价格"), justify="right", no_wrap=True)
    table.add_column(say("from", "起"), no_wrap=True)
    table.add_column(say("to", "止"), no_wrap=True)
    table.add_column("", justify="right", no_wrap=True)
    for price in prices:
        table.add_row(
            Text(printable(price.kind_name)),
            f"{price.amount} {price.currency}/{price.per}",
            Text(printable(price.term.since or "?")),
            Text(printable(price.term.until or "?")),
            str(places.index(price.place) + 1),
        )
    console.print(table)
    _explain(prices, console)
    for unknown in shown.unknown if on else ():
        reason = say(unknown.reason.en, unknown.reason.zh)
        console.print(Text(printable(f"{unknown.kind}: {reason}"), style="yellow"), soft_wrap=True)
    for number, place in enumerate(places, 1):
        price = next(price for price in prices if price.place == place)
        console.print(Text(printable(f"{number:>2}  {_remark(price)}")), soft_wrap=True)
    caching = shown.caching
    if caching:
        told = say("cache: ", "缓存：") + caching.note
        console.print(Text(printable(told + _keys(caching.sources))), soft_wrap=True)
    sources = dict.fromkeys(source for price in prices for source in price.sources)
    _show_sources(dict.fromkeys((*sources, *(caching.sources if caching else ()))), console)


def _explain(prices: Iterable[ListedPrice], console: Console) -> None:
    marks = {mark for p in prices for mark in (p.term.since[:2], p.term.until[:2] or "?")}
    meaning = {
        "<=": say("<= seen on that day", "<= 那天见到"),
        ">=": say(">= still so on that day", ">= 那天仍是"),
        "op": say("open: no end is known", "open：没有已知的终点"),
        "?": say("?: not known", "?：不知道"),
    }
    told = [text for mark, text in meaning.items() if mark in marks]
    if told:
        console.print(Text("; ".join(told), style="dim"))


def _remark(price: ListedPrice) -> str:
    states = {"beta": say("beta", "测试"), "promotion": say("promotion", "优惠")}
    states["retired"] = say("retired", "已停用")
    parts = [
        price.variant,
        states.get(price.state, ""),
        _hours(price.hours),
        price.note,
    ]
    return "; ".join(part for part in parts if part) + _keys(price.sources)


def _hours(hours: Hours | None) -> str:
    """Mon–Fri 09:00–12:00, 14:00–18:00 (+08:00)."""
    if hours is None:
        return ""
    days = sorted(hours.days)
    spans = ", ".join(f"{_clock(start)}–{_clock(end)}" for start, end in hours.spans)
    english = "" if len(days) == 7 else "/".join(DAYS[day].capitalize() for day in days) + " "
    chinese = "" if len(days) == 7 else "周" + "".join(_CHINESE_DAYS[day] for day in days) + " "
    outside = say("outside ", "以下时间之外：") if hours.outside else ""
    return f"{outside}{say(english, chinese)}{spans} {hours.zone}"


def _clock(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"


def _keys(sources: Iterable[Source]) -> str:
    return " [" + ", ".join(source.key for source in sources) + "]"


def _show_sources(sources: Iterable[Source], console: Console) -> None:
    console.print(say("Sources", "来源"))
    for source in sources:
        dated = f" ({source.dated})" if source.dated else ""
        own = say(", first hand", "，第一手") if source.first_hand else ""
        console.print(
            Text(printable(f"  {source.key}  {source.where}{dated}{own}")), soft_wrap=True
        )
