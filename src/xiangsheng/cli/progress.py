"""Progress on stderr: a bar on a terminal, a plain line every 10 % elsewhere."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
)
from rich.text import Text

from xiangsheng.cli.language import say
from xiangsheng.cli.printable import printable
from xiangsheng.core import events


@contextmanager
def shown(console: Console, *, quiet: bool = False) -> Iterator[events.OnEvent]:
    """Gives the function that shows events."""
    if quiet:
        yield lambda _event: None
    elif console.is_terminal:
        with _bar(console) as bar:
            yield _Bars(bar, console)
    else:
        yield _Lines(console)


def _bar(console: Console) -> Progress:
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(bar_width=24),
        MofNCompleteColumn(),
        TextColumn("{task.fields[detail]}", style="dim"),
        TimeRemainingColumn(compact=True),
        console=console,
        redirect_stdout=sys.stdout.isatty(),  # else what is data would land on the terminal
    )


def _detail(event: events.Progress) -> str:
    kinds = [f"{kind.value} {count}" for kind, count in event.outcomes.items() if count]
    if event.reused:
        kinds.insert(0, say(f"reused {event.reused}", f"沿用 {event.reused}"))
    kinds.append(event.detail or str(event.spent))
    return " · ".join(kinds)


def note(console: Console, event: events.Note) -> None:
    style = "yellow" if event.warning else ""
    console.print(Text(printable(event.message), style=style), soft_wrap=True)


def notes(console: Console) -> events.OnEvent:
    """Shows notes only, so that a person can be asked something between them."""

    def on_event(event: events.Event) -> None:
        if isinstance(event, events.Note):
            note(console, event)

    return on_event


class _Bars:
    def __init__(self, bar: Progress, console: Console) -> None:
        self.bar, self.console = bar, console
        self.tasks: dict[str, TaskID] = {}

    def __call__(self, event: events.Event) -> None:
        if isinstance(event, events.Note):
            note(self.console, event)
            return
        if event.stage not in self.tasks:
            self.tasks[event.stage] = self.bar.add_task(event.stage, detail="")
        self.bar.update(
            self.tasks[event.stage],
            completed=event.done,
            total=event.total,
            detail=_detail(event),
        )


class _Lines:
    def __init__(self, console: Console) -> None:
        self.console = console
        self.tenths: dict[str, int] = {}

    def __call__(self, event: events.Event) -> None:
        if isinstance(event, events.Note):
            note(self.console, event)
            return
        tenth = 10 * event.done // event.total if event.total else 10
        if tenth != self.tenths.get(event.stage):
            self.tenths[event.stage] = tenth
            self.console.print(
                f"{event.stage}: {event.done}/{event.total} · {_detail(event)}", soft_wrap=True
            )
