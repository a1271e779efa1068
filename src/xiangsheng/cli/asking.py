"""Yes or no, on the terminal."""

import sys

import typer

from xiangsheng.cli.language import say
from xiangsheng.core.errors import InterruptedRunError, UsageError


def ask(question: str) -> None:
    """Returns for a yes. Raises InterruptedRunError for a no, UsageError where nobody can answer."""
    if not sys.stdin.isatty():
        raise UsageError(
            say("nobody is there to say yes", "没有人可以回答"),
            hint=say("give -y where there is no terminal", "没有终端时请加 -y"),
            code="unattended",
        )
    if not typer.confirm(question, default=True, err=True):
        raise InterruptedRunError(say("nothing was done", "什么也没有做"), code="declined")
