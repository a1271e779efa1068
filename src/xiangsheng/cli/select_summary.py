"""What a selection came to, in words."""

from collections.abc import Iterator

from rich.console import Console
from rich.text import Text

from xiangsheng.cli.language import say
from xiangsheng.cli.printable import printable
from xiangsheng.core.errors import PartialError
from xiangsheng.verbs.selected import Selected


def told(done: Selected, console: Console) -> None:
    for text in _lines(done):
        console.print(text, soft_wrap=True)


def unfinished(done: Selected) -> PartialError:
    """Too few are accepted: how to get the others."""
    again = "give the same command again to go on"
    fewer = f"give more scripts, or make do with --scripts {done.accepted}"
    return PartialError(
        f"{done.accepted} of {done.wanted} are accepted, and no folder is written yet",
        where=done.decisions,
        hint=again if done.left else fewer,
        code="too_few",
    )


def _lines(done: Selected) -> Iterator[Text]:
    yield Text(
        say(
            f"{done.accepted} of {done.wanted} scripts, {done.lines} lines each; "
            f"{done.skipped} skipped, {done.edited_lines} lines edited",
            f"{done.accepted}/{done.wanted} 个剧本，各 {done.lines} 行；"
            f"跳过 {done.skipped} 个，改了 {done.edited_lines} 行",
        )
    )
    if done.reasons:
        reasons = " · ".join(f"{reason} {count}" for reason, count in done.reasons.items())
        yield Text(printable(say("skipped: ", "跳过的理由：") + reasons))
    if done.by_rank:
        yield Text(
            say(
                f"{done.by_rank} were taken by rank: nobody has read them.",
                f"{done.by_rank} 个按得分直接取的，没有人读过。",
            ),
            style="yellow",
        )
    if done.complete and done.leave_out:
        yield Text(
            say(
                f"{len(done.leave_out)} of them lie in the training scripts: leave those out before "
                "you train (--json lists them).",
                f"其中 {len(done.leave_out)} 个就在训练剧本里：训练前请去掉（--json 列出编号）。",
            ),
            style="yellow",
        )
