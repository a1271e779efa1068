"""A split on the terminal."""

from typing import TYPE_CHECKING

from rich.console import Console
from rich.text import Text

from xiangsheng.cli.language import say
from xiangsheng.cli.leaks_list import what
from xiangsheng.cli.printable import printable

if TYPE_CHECKING:
    from xiangsheng.verbs.split import Written


def show(written: "Written", console: Console) -> None:
    """How many scripts are where, which were kept together and why."""
    made = written.split
    for name, scripts in made.sides.items():
        place = printable(str(written.folder / name))
        console.print(Text(f"{len(scripts):>6,}  {place}"), soft_wrap=True)
    if made.groups:
        console.print()
        console.print(Text(say("Kept together:", "没有拆开的：")))
    for group in made.groups:
        ids = printable(say(", ", "、").join(script.id for script in group.scripts))
        console.print(Text(f"  {ids} → {made.side(group)}", style="bold"), soft_wrap=True)
        for tie in group.ties:
            pair = printable(f"{tie.left.script} ↔ {tie.right.script}")
            console.print(Text(f"    {pair}: {what(tie)}"), soft_wrap=True)
