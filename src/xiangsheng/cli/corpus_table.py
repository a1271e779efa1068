"""Corpus statistics on the terminal."""

from rich import box
from rich.table import Table
from rich.text import Text

from xiangsheng.cli.language import say
from xiangsheng.corpus.statistics import CorpusStats, Spread


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
    for name, value in rows:
        table.add_row(name, Text(value))
    return table


def _spread(spread: Spread) -> str:
    return say(
        f"{spread.least} – {spread.greatest}, median {spread.middle:g}",
        f"{spread.least} – {spread.greatest}，中位数 {spread.middle:g}",
    )
