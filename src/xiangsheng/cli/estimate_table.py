"""Estimates on the terminal."""

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from xiangsheng.cli.amounts import grouped, told
from xiangsheng.cli.language import say
from xiangsheng.cli.printable import printable
from xiangsheng.core.estimate import Cost, Estimate, Estimated, Span, Unpriced


def show(found: Estimated, on: str, console: Console) -> None:
    """The tokens and the cost, what sharing saves, other models, and what it all rests on."""
    estimate = found.estimate
    title = say(f"{estimate.model} on {on}", f"{estimate.model}，{on}")
    console.print(Text(printable(title), style="bold"), soft_wrap=True)
    console.print(_tokens(estimate))
    console.print(Text(say("Cost: ", "花费：") + told(estimate.cost), style="bold"), soft_wrap=True)
    if estimate.seconds is not None:
        took = _duration(estimate.seconds)
        console.print(say(f"Time here: about {took}", f"本机用时：约 {took}"))
    if estimate.ways:
        console.print()
        console.print(Text(say("The same in another way", "同样的结果，换个做法"), style="italic"))
        console.print(_ways(estimate))
        for way in estimate.ways:
            why = say(way.why.en, way.why.zh)
            console.print(
                Text(printable(f"  {_way(way.name)}{say(': ', '：')}{why}")), soft_wrap=True
            )
    if found.compared:
        console.print()
        console.print(Text(say("The same with other models", "换别的模型"), style="italic"))
        console.print(_compared(found))
        for other in found.compared:
            if isinstance(other, Unpriced):
                reason = say(other.reason.en, other.reason.zh)
                console.print(
                    Text(printable(f"  {other.model}{say(': ', '：')}{reason}")), soft_wrap=True
                )
    console.print()
    console.print(Text(say("This rests on", "以上根据"), style="italic"))
    for said in estimate.assumptions:
        console.print(Text(printable(f"  {say(said.en, said.zh)}")), soft_wrap=True)


def _table(*heads: str) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1))
    table.add_column(heads[0], overflow="fold")
    for head in heads[1:]:
        table.add_column(head, justify="right", no_wrap=True)
    return table


def _tokens(estimate: Estimate) -> Table:
    table = _table(
        "",
        say("items", "个数"),
        say("prompt", "提示"),
        say("distinct", "去重"),
        say("completion", "续写"),
        estimate.cost.currency,
    )
    rows = [(_part(name), part) for name, part in estimate.parts.items()]
    total = say("all", "合计") if rows else say("tokens", "词元")
    for name, part in (*rows, (total, estimate)):
        tokens = part.tokens
        table.add_row(
            Text(name),
            f"{part.items:,}" if part.items else "–",
            _count(tokens.prompt),
            f"{tokens.distinct:,}" if tokens.distinct is not None else "–",
            _count(tokens.completion),
            grouped(part.cost.amount),
        )
    return table


def _part(name: str) -> str:
    return say("training", "训练") if name == "training" else name


def _count(span: Span) -> str:
    return f"{'' if span.known else '≈'}{span.likely:,}"


def _way(name: str) -> str:
    return {
        "cached": say("prompt cache", "提示缓存"),
        "batch": say("batch", "批量"),
        "script": say("script rendering", "script 排版"),
        "once": say("each beginning once", "开头只付一次"),
    }[name]


def _ways(estimate: Estimate) -> Table:
    table = _table("", say("cost", "花费"), say("range", "区间"), say("times less", "便宜几倍"))
    for way in estimate.ways:
        less = way.times_less(estimate.cost)
        cells = _cost(way.cost) if way.cost else (say("unknown", "未知"), "")
        table.add_row(Text(_way(way.name)), *cells, f"{less:.1f}" if less else "")
    return table


def _compared(found: Estimated) -> Table:
    table = _table(
        say("model", "模型"), say("tokens", "词元"), say("cost", "花费"), say("range", "区间")
    )
    for other in (found.estimate, *found.compared):
        name = Text(printable(other.model))
        if isinstance(other, Unpriced):
            table.add_row(name, "", say("unknown", "未知"), "")
        else:
            tokens = other.tokens.prompt + other.tokens.completion
            amount, span = _cost(other.cost)
            if other.seconds is not None:
                took = _duration(other.seconds)
                span = say(f"{took} here", f"本机 {took}")
            table.add_row(name, _count(tokens), amount, span)
    return table


def _cost(cost: Cost) -> tuple[str, str]:
    span = "" if cost.low == cost.high else f"{grouped(cost.low)} – {grouped(cost.high)}"
    return f"{grouped(cost.amount)} {cost.currency}", span


def _duration(seconds: float) -> str:
    if seconds < 120:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 7200 else f"{seconds / 3600:.1f} h"
