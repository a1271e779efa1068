"""A proposed window on the terminal."""

from collections.abc import Iterator

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from xiangsheng.cli.language import say
from xiangsheng.cli.printable import printable
from xiangsheng.cli.select_keys import HELP, KEYS
from xiangsheng.corpus.choosing import Candidate
from xiangsheng.corpus.writing import labels_of
from xiangsheng.verbs.select_session import View

_AROUND = 2
"""Lines shown before and after the window, to judge a shift by."""

_SWAPPED = {"0": "1", "1": "0"}


def shown(view: View) -> Iterator[RenderableType]:
    """What is to be decided on, and with which keys."""
    yield _heading(view)
    if view.candidate:
        yield _table(view.candidate)
        yield from _judgement(view)
    yield Text(KEYS, style="dim")


def help_table() -> Table:
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for key, what in HELP:
        table.add_row(Text(key), Text(what))
    return table


def pool_line(view: View) -> Text:
    pool = view.pool
    other = pool.scripts - pool.with_window - pool.too_short - pool.in_training
    return Text(
        say(
            f"{pool.with_window} of {pool.scripts} scripts have a window; {pool.too_short} are too "
            f"short, {pool.in_training} share lines with training, {other} break another rule.",
            f"{pool.scripts} 个剧本中 {pool.with_window} 个有可选的窗口；{pool.too_short} 个太短，"
            f"{pool.in_training} 个与训练剧本有相同的行，{other} 个不合别的规则。",
        )
    )


def _heading(view: View) -> Text:
    counts = say(
        f"{view.accepted}/{view.wanted} accepted · {view.skipped} skipped · {view.left} left",
        f"已选 {view.accepted}/{view.wanted} · 跳过 {view.skipped} · 剩 {view.left}",
    )
    if view.candidate is None:
        nothing = say(
            "No script is left: b goes back, q quits.", "没有剧本可选了：b 返回，q 退出。"
        )
        return Text(f"{counts}\n{nothing}", style="bold")
    script, window = view.candidate.script, view.candidate.window
    title = f"《{script.title}》 " if script.title else ""
    place = say(
        f"{script.id}, lines {window.first} to {window.last} of {len(script.lines)}",
        f"{script.id}，第 {window.first} 到 {window.last} 行，共 {len(script.lines)} 行",
    )
    return Text.assemble((f"{counts}\n", "dim"), (printable(f"{title}{place}"), "bold"))


def _table(candidate: Candidate) -> Table:
    table = Table.grid(padding=(0, 1, 0, 0))
    table.add_column(justify="right", no_wrap=True, style="dim")
    table.add_column(no_wrap=True, style="dim")
    table.add_column(max_width=10, overflow="fold")
    table.add_column(overflow="fold", ratio=1)
    for number, mark, label, text, style in _rows(candidate):
        table.add_row(
            str(number),
            mark,
            Text(printable(label), style=style or "cyan"),
            Text(printable(text), style=style),
        )
    return table


def _rows(candidate: Candidate) -> Iterator[tuple[int, str, str, str, str]]:
    """Number, mark, label, text and style of every line shown.

    Marked are the lines of the window, those that were edited with a star.
    """
    script, window, part = candidate.script, candidate.window, candidate.part
    swapped = script.lines[window.first - 1].speaker != part.lines[0].speaker
    labels = labels_of(part)
    edits = {edit.line for edit in candidate.edits}
    first, last = max(window.first - _AROUND, 1), min(window.last + _AROUND, len(script.lines))
    for number in range(first, last + 1):
        line = script.lines[number - 1]
        label = labels[_SWAPPED[line.speaker] if swapped else line.speaker]
        if number not in window:
            yield number, "", label, line.text, "dim"
        elif number in edits:
            yield number, "*", label, part.lines[number - window.first].text, "green"
        else:
            yield number, "│", label, line.text, ""


def _judgement(view: View) -> Iterator[Text]:
    if found := view.proposal:
        score, opening, balance, replies, variety = (
            f"{100 * part:.0f}"
            for part in (found.score, found.opening, found.balance, found.replies, found.variety)
        )
        in_a_list = say(", begins in a rapid list", "，从贯口中间开始") if found.in_a_list else ""
        yield Text(
            say(
                f"window {view.rank} of {view.ranked} · score {score} (opening {opening}, "
                f"balance {balance}, replies {replies}, variety {variety}{in_a_list})",
                f"第 {view.rank}/{view.ranked} 个窗口 · 得分 {score}（靠前 {opening}，"
                f"均衡 {balance}，应答 {replies}，变化 {variety}{in_a_list}）",
            ),
            style="dim",
        )
    for fault in view.faults:
        words = say(fault.words.en, fault.words.zh)
        yield Text(printable(f"! {words}"), style="red" if fault.forbids else "yellow")
