"""Perplexity on the terminal: one line, since it is one number a system."""

from xiangsheng.cli.language import say
from xiangsheng.core.results import TaskResult
from xiangsheng.core.score import Score

NAME = "perplexity"


def told(result: TaskResult | None) -> str:
    """One line for a person; empty where nothing was measured."""
    if result is None:
        return ""
    names = {"base": say("base", "基座"), "tuned": say("tuned", "微调")}
    scores = [(names.get(found.name, found.name), found.scores) for found in result.systems]
    scores.append((say("difference", "差"), result.differences))
    parts = [f"{name} {figure(found[NAME])}" for name, found in scores if NAME in found]
    if not parts:
        return ""
    what = say("perplexity on real lines: ", "真实台词的困惑度：")
    return what + say(", ", "，").join(parts)


def figure(score: Score) -> str:
    """A perplexity and its interval, one decimal each."""
    if score.ci95 is None:
        return f"{score.value:.1f}"
    low, high = score.ci95
    return f"{score.value:.1f} [{low:.1f}, {high:.1f}]"
