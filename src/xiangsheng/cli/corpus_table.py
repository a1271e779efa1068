"""Corpus statistics on the terminal."""

from rich import box
from rich.table import Table
from rich.text import Text

from xiangsheng.cli.language import say
from xiangsheng.corpus.statistics import CorpusStats, Spread
from xiangsheng.corpus.window_rules import LONGEST_LINE, SHORT_REPLY


def stats_table(found: CorpusStats) -> Table:
    table = Table(box=box.SIMPLE, show_header=False)
    genres = "，".join(f"{name or say('unknown', '未知')} {n}" for name, n in found.genres.items())
    rows = (
        (say("scripts", "剧本"), f"{found.scripts:,}"),
        (say("lines", "台词行数"), f"{found.lines:,}"),
        (say("characters", "字符"), f"{found.characters:,}"),
        (say("of them Han", "其中汉字"), f"{found.han_characters:,}"),
        (say("distinct characters", "不同字符"), f"{found.distinct_characters:,}"),
        (say("lines a script", "每个剧本的行数"), _spread(found.lines_per_script)),
        (say("characters a line", "每行的字符数"), _spread(found.characters_per_line)),
        (
            say("same speaker twice in a row", "同一人连说两句"),
            f"{100 * found.same_speaker_share:.1f} %",
        ),
        (say("without a title", "没有标题"), f"{found.untitled:,}"),
        (say("genres", "体裁"), genres),
        (
            say("longest line", "最长的一行"),
            say(
                f"{found.longest.script}, line {found.longest.line}: {found.longest.characters:,}",
                f"{found.longest.script} 第 {found.longest.line} 行：{found.longest.characters:,}",
            ),
        ),
    )
    for name, value in (*rows, *_for_a_test_set(found)):
        table.add_row(name, Text(value))
    return table


def _for_a_test_set(found: CorpusStats) -> tuple[tuple[str, str], ...]:
    fit = found.suitability
    return (
        (
            say(f"lines above {LONGEST_LINE} characters", f"超过 {LONGEST_LINE} 字的行"),
            f"{fit.long_lines:,}",
        ),
        (
            say(f"replies of at most {SHORT_REPLY}", f"不超过 {SHORT_REPLY} 字的应答"),
            f"{100 * fit.short_replies_share:.1f} %",
        ),
        (
            say("lines that two scripts share", "两个剧本都有的行"),
            say(
                f"{fit.shared_lines:,}, in {fit.sharing_scripts:,} scripts",
                f"{fit.shared_lines:,}，在 {fit.sharing_scripts:,} 个剧本里",
            ),
        ),
        (
            say(f"scripts of {fit.lines} lines or more", f"有 {fit.lines} 行的剧本"),
            f"{fit.long_enough:,}",
        ),
        (say("with a window to ask about", "其中有可选窗口的"), f"{fit.with_window:,}"),
    )


def _spread(spread: Spread) -> str:
    return say(
        f"{spread.least} – {spread.greatest}, median {spread.middle:g}, half of "
        f"them {spread.lower:.0f} – {spread.upper:.0f}",
        f"{spread.least} – {spread.greatest}，中位数 {spread.middle:g}，半数在 "
        f"{spread.lower:.0f} – {spread.upper:.0f}",
    )
