"""How numbers are written: percent with two decimals, a true minus sign, intervals beside them."""

from math import isfinite

from xiangsheng.core.score import Score

ABSENT = "—"


def value(score: Score | None) -> str:
    return minus(f"{score.value:.2f}") if score and isfinite(score.value) else ABSENT


def plain(number: float) -> str:
    """Two decimals; a figure published with three keeps the third."""
    return minus(f"{number:.2f}" if round(number, 2) == number else f"{number:.3f}")


def signed(score: Score | None) -> str:
    return minus(f"{score.value:+.2f}") if score and isfinite(score.value) else ABSENT


def interval(score: Score | None, *, sign: bool = False) -> str:
    """Empty when the score has none."""
    if score is None or score.ci95 is None or not all(map(isfinite, score.ci95)):
        return ""
    low, high = (minus(f"{bound:+.2f}" if sign else f"{bound:.2f}") for bound in score.ci95)
    return f"[{low}, {high}]"


def minus(text: str) -> str:
    """A figure never reads −0.00."""
    if float(text) == 0:
        return text.lstrip("+-")
    return text.replace("-", "−")


def share(part: int, whole: int) -> str:
    """A part in percent of the whole, one decimal."""
    return f"{100 * part / whole:.1f}" if whole else ABSENT


def seconds(number: float) -> str:
    return f"{number:,.0f}" if number >= 10 else f"{number:.1f}"


def count(number: int) -> str:
    return f"{number:,}"


def ordinal(number: int) -> str:
    """1 to 19 as a section is numbered in Chinese."""
    return "十" * (number // 10) + " 一二三四五六七八九"[number % 10].strip()
