"""Errors to exit codes and to words: the command line's one table."""

from typing import TYPE_CHECKING

from xiangsheng.cli.language import say
from xiangsheng.cli.printable import printable
from xiangsheng.core import errors

if TYPE_CHECKING:
    from rich.console import Console

OK, ERROR, USAGE, INVALID, PARTIAL, SERVICE, INTERRUPTED = 0, 1, 2, 3, 5, 6, 130

EXIT_CODES: tuple[tuple[type[errors.XiangshengError], int], ...] = (
    (errors.UsageError, USAGE),
    (errors.DataError, INVALID),
    (errors.PartialError, PARTIAL),
    (errors.ServiceError, SERVICE),
    (errors.InterruptedRunError, INTERRUPTED),
    (errors.XiangshengError, ERROR),
)
"""The first class that fits decides."""


def refuse_undecodable(arguments: list[str]) -> None:
    """Raises UsageError for bytes that are no UTF-8: they could be neither kept nor shown."""
    for argument in arguments:
        try:
            argument.encode()
        except UnicodeEncodeError as error:
            raise errors.UsageError(
                f"an argument is not UTF-8: {argument!a}",
                hint="check the terminal's encoding",
                code="encoding",
            ) from error


def exit_code(error: errors.XiangshengError) -> int:
    return next(code for kind, code in EXIT_CODES if isinstance(error, kind))


def show(error: errors.XiangshengError, console: "Console") -> None:
    """What happened, where, and what to do next, on stderr."""
    from rich.text import Text

    console.print(
        Text.assemble((say("Error: ", "错误："), "bold red"), printable(str(error))),
        soft_wrap=True,
    )
    if error.hint:
        console.print(
            Text.assemble((say("Next: ", "下一步："), "bold"), printable(error.hint)),
            soft_wrap=True,
        )
