"""`--columns script=编号 text=内容 …`: as many as follow, without repeating the option."""

from collections.abc import Iterator, Sequence
from typing import Any

from typer.core import TyperCommand


class ColumnsCommand(TyperCommand):
    """A command whose `--columns` takes all the FIELD=COLUMN after it."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        return super().parse_args(ctx, list(spread(args)))


def spread(arguments: Sequence[str]) -> Iterator[str]:
    """The same with `--columns` before each FIELD=COLUMN that follows one."""
    from xiangsheng.corpus.columns import FIELDS

    within = False
    for position, argument in enumerate(arguments):
        is_field = argument.partition("=")[0] in FIELDS and "=" in argument
        if within and is_field and arguments[position - 1] != "--columns":
            yield "--columns"
        within = (
            argument == "--columns" or argument.startswith("--columns=") or (within and is_field)
        )
        yield argument
