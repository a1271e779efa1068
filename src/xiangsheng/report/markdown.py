"""Text of others inside Markdown: it stays text, wherever it is put."""

import re

from xiangsheng.report.plain import visible

_BREAKING = re.compile(r"([\\`*_\[\]|#~$])")


def escaped(text: str) -> str:
    """For a cell, a list item or a sentence: one line, no markup, no HTML."""
    safe = visible(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return _BREAKING.sub(r"\\\1", re.sub(r"\s*[\n\t]\s*", " ", safe))


def fenced(text: str, language: str = "text") -> str:
    """A code block whose fence is longer than any run of backticks inside."""
    shown = visible(text)
    fence = "`" * max(3, 1 + max(map(len, re.findall("`+", shown)), default=0))
    return f"{fence}{language}\n{shown}\n{fence}"
