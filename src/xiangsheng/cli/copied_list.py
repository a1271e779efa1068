"""What answers took from training scripts, on the terminal."""

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from xiangsheng.cli.language import say
from xiangsheng.cli.printable import printable
from xiangsheng.core.results import Copied, CopiedSpan, Source
from xiangsheng.core.run import Run

_SOURCES = 2


def show(run: Run, found: Copied, most: int, console: Console) -> None:
    """How much of each system's text, and its longest spans; the real lines for comparison."""
    title = say(
        f"{run.id}: spans of {found.at_least} characters that stand in the training scripts",
        f"{run.id}：与训练剧本相同的片段，{found.at_least} 字以上",
    )
    console.print(Text(title, style="italic"), soft_wrap=True)
    console.print(_table(found))
    for by in found.systems:
        spans = [span for span in found.spans if span.system == by.system]
        if spans:
            console.print(Text(_name(by.system), style="bold"))
        for span in spans[:most]:
            console.print(Text(f"  {_where(span)}"), soft_wrap=True)
            text = printable(span.text.replace("\n", " / "))
            console.print(Text(f"    {text}"), soft_wrap=True)
        if more := len(spans[most:]):
            console.print(say(f"  and {more} more", f"  另有 {more} 段"))


def _table(found: Copied) -> Table:
    table = Table(box=box.SIMPLE_HEAD)
    heads = (
        say("characters", "字数"),
        say("spans", "片段"),
        say("of all characters", "占字数"),
        say("longest", "最长"),
    )
    table.add_column("", no_wrap=True)
    for head in heads:
        table.add_column(head, justify="right", no_wrap=True)
    for by in found.systems:
        table.add_row(
            Text(_name(by.system)),
            f"{by.characters:,}",
            f"{by.spans:,}",
            f"{100 * by.copied / max(1, by.characters):.1f} %",
            f"{by.longest:,}",
        )
    return table


def _name(system: str) -> str:
    known = {
        "base": say("base", "基座"),
        "tuned": say("tuned", "微调"),
        "real": say("real lines", "真实台词"),
    }
    return known.get(system, printable(system))


def _where(span: CopiedSpan) -> str:
    listed = say("; ", "；").join(map(_source, span.sources[:_SOURCES]))
    if more := len(span.sources[_SOURCES:]):
        listed += say(f" and {more} more", f" 等，另有 {more} 处")
    again = say(f", {span.times} times", f"，共 {span.times} 次") if span.times > 1 else ""
    return printable(
        say(
            f"{span.characters} characters{again}: {span.item} ← {listed}",
            f"{span.characters} 字{again}：{span.item} ← {listed}",
        )
    )


def _source(source: Source) -> str:
    lines = str(source.first) + (f"–{source.last}" if source.last > source.first else "")
    return say(
        f"training script {source.script}, line {lines}",
        f"训练剧本 {source.script} 第 {lines} 行",
    )
