"""Which language the command line speaks: `--lang`, else the locale."""

import os
import sys
from collections.abc import Mapping, Sequence


def speaks_chinese(arguments: Sequence[str], environment: Mapping[str, str]) -> bool:
    """True for `--lang zh`, or for a zh locale without `--lang`."""
    for position, argument in enumerate(arguments):
        if argument == "--":
            break
        if argument == "--lang":
            return arguments[position + 1 : position + 2] == ["zh"]
        if argument.startswith("--lang="):
            return argument == "--lang=zh"
    locale = next(
        (environment[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if environment.get(name)),
        "",
    )
    return locale.lower().startswith("zh")


CHINESE = speaks_chinese(sys.argv[1:], os.environ)


def say(english: str, chinese: str) -> str:
    """The text in the language of this process."""
    return chinese if CHINESE else english
