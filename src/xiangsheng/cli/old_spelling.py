"""`--n_epochs`, as the command line of 2022 spelled it, beside `--n-epochs`."""

from collections.abc import Iterator, Sequence
from typing import Any

from typer.core import TyperCommand


class OldSpelling(TyperCommand):
    """A command whose options may have underscores in their names."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        return super().parse_args(ctx, list(dashed(args)))


def dashed(arguments: Sequence[str]) -> Iterator[str]:
    """Option names with dashes; their values, and what follows a lone `--`, as they are."""
    rest = iter(arguments)
    for argument in rest:
        if argument == "--":
            yield argument
            yield from rest
            return
        name, equals, value = argument.partition("=")
        yield name.replace("_", "-") + equals + value if name.startswith("--") else argument
