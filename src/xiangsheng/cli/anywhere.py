"""Options of `xiangsheng` itself, which may stand anywhere on the line."""

from collections.abc import Sequence

NAMES = ("--lang", "--database")


def own_options_first(arguments: Sequence[str]) -> list[str]:
    """The same arguments with these options, and their values, moved to the front."""
    moved, rest = list[str](), list(arguments)
    for name in NAMES:
        there, others = _taken(name, rest)
        if there == [name]:
            return there  # which typer says has no value; else a command would become it
        moved, rest = moved + there, others
    return moved + rest


def _taken(name: str, arguments: Sequence[str]) -> tuple[list[str], list[str]]:
    """The first option of this name with its value, and what else there is."""
    for position, argument in enumerate(arguments):
        if argument == "--":
            break
        if argument == name or argument.startswith(f"{name}="):
            end = position + (1 if "=" in argument else 2)
            return [*arguments[position:end]], [*arguments[:position], *arguments[end:]]
    return [], list(arguments)
