"""Leaks on the terminal, and as JSON."""

from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.text import Text

from xiangsheng.cli.language import say
from xiangsheng.cli.printable import printable
from xiangsheng.core.canonical import plain
from xiangsheng.corpus.folding import Passage
from xiangsheng.corpus.leaks import RelatedScripts
from xiangsheng.corpus.likeness import Kind, Likeness

if TYPE_CHECKING:
    from xiangsheng.verbs.leaks import FoundLeaks

_SHOWN = 3
_LONGEST = 60


def document(found: "FoundLeaks") -> dict[str, Any]:
    """Everything, with whole texts."""
    return {
        "scripts": {"train": found.train, "test": found.test},
        "bounds": plain(found.bounds),
        "related": [
            {
                "train": pair.train,
                "test": pair.test,
                "found": [_plain(likeness) for likeness in pair.found],
            }
            for pair in found.leaks.related
        ],
        "longest_below": found.leaks.below and _plain(found.leaks.below),
    }


def _plain(likeness: Likeness) -> dict[str, Any]:
    return {
        "kind": likeness.kind.value,
        "characters": likeness.size,
        "share": round(likeness.share, 4),
        "train": plain(likeness.right),
        "test": plain(likeness.left),
    }


def show(found: "FoundLeaks", console: Console) -> None:
    """Each pair of scripts with the strongest that it shares, and what was below the bounds."""
    related = found.leaks.related
    for pair in related:
        console.print(Text(_heading(pair), style="bold"), soft_wrap=True)
        for likeness in pair.found[:_SHOWN]:
            console.print(Text(f"  {what(likeness)}"), soft_wrap=True)
            console.print(
                Text(f"    {say('train', '训练')}  {_text(likeness.right)}"), soft_wrap=True
            )
            console.print(
                Text(f"    {say('test', '测试')}  {_text(likeness.left)}"), soft_wrap=True
            )
        if (more := len(pair.found) - _SHOWN) > 0:
            console.print(say(f"  and {more} more", f"  另有 {more} 处"))
    if related:
        console.print()
    console.print(_total(found), soft_wrap=True)
    if below := found.leaks.below:
        console.print(Text(_below(below)), soft_wrap=True)


def _heading(pair: RelatedScripts) -> str:
    return printable(
        say(
            f"training script {pair.train} ↔ test script {pair.test}",
            f"训练剧本 {pair.train} ↔ 测试剧本 {pair.test}",
        )
    )


def what(likeness: Likeness) -> str:
    share, size = f"{100 * likeness.share:.0f} %", f"{likeness.size:,}"
    match likeness.kind:
        case Kind.VERSION:
            return say(
                f"version: {share} of the shorter one's five-character strings; the longest run "
                f"has {size} characters",
                f"同一作品：较短者的五字串有 {share} 相同；最长的一段 {size} 字",
            )
        case Kind.PASSAGE:
            return say(
                f"passage of {size} characters, its lines in any order: {share} alike",
                f"一段台词，{size} 字，不论行序：{share} 相同",
            )
        case Kind.RUN:
            return say(f"run of {size} characters", f"连续 {size} 字相同")
        case Kind.LINE:
            return say(f"line of {size} characters", f"整行相同，{size} 字")
        case Kind.NEAR_LINE:
            return say(
                f"nearly the same line of {size} characters: {share} alike",
                f"几乎相同的一行，{size} 字：{share} 相同",
            )


def _text(passage: Passage) -> str:
    """The lines' numbers and the text on one line, cut where it is long."""
    text = printable(passage.text.replace("\n", " / "))
    if len(text) > _LONGEST:
        text = f"{text[:_LONGEST]}…"
    lines = f"{passage.first}" + (f"–{passage.last}" if passage.last > passage.first else "")
    return say(f"line {lines}: {text}", f"第 {lines} 行：{text}")


def _total(found: "FoundLeaks") -> Text:
    scripts = say(
        f"{found.train:,} training and {found.test:,} test scripts",
        f"{found.train:,} 个训练剧本，{found.test:,} 个测试剧本",
    )
    if not found.leaks.related:
        return Text(say(f"No leak: {scripts}.", f"没有泄漏：{scripts}。"))
    tests = len({pair.test for pair in found.leaks.related})
    pairs = len(found.leaks.related)
    return Text(
        say(
            f"Pairs of scripts that share text: {pairs}; test scripts among them: {tests}; "
            f"compared: {scripts}.",
            f"有相同文字的剧本：{pairs} 对；其中测试剧本：{tests} 个；共比较 {scripts}。",
        ),
        style="yellow",
    )


def _below(run: Likeness) -> str:
    train, test = printable(run.right.script), printable(run.left.script)
    return say(
        f"The longest run below the bounds has {run.size} characters, in training script {train}, "
        f"test script {test}, {_text(run.left)}",
        f"界限以下最长的一段有 {run.size} 字，在训练剧本 {train}、测试剧本 {test}，{_text(run.left)}",
    )
