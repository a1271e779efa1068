"""Data to stdout, everything else to stderr."""

from typing import Any

from rich.console import Console

from xiangsheng.cli.printable import write_document


def errors() -> Console:
    """Progress, notes and errors."""
    return Console(stderr=True, highlight=False, markup=False)


def output() -> Console:
    """Tables and text that somebody asked for."""
    return _Output(highlight=False, markup=False)


class _Output(Console):
    """Its reader's going is for the one guard around the command to see."""

    def on_broken_pipe(self) -> None:
        raise BrokenPipeError


def write_json(document: dict[str, Any]) -> None:
    """One JSON document with its schema version, and nothing else, on stdout."""
    import orjson

    table = {"schema_version": 1, **document}
    write_document(orjson.dumps(table, option=orjson.OPT_INDENT_2).decode() + "\n")
