"""Opening the home of the current folder, and saying so when one was made."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console

from xiangsheng.cli.language import say
from xiangsheng.core.errors import StoreError

if TYPE_CHECKING:
    from xiangsheng.store.workspace import Workspace


@contextmanager
def opened_home(console: Console, *, make: bool = True) -> Iterator["Workspace"]:
    """`make` says whether a new one may be made; who only reads makes none."""
    from xiangsheng.store.workspace import open_workspace

    with open_workspace(_here(), os.environ, make=make) as workspace:
        if workspace.home.created:
            folder = workspace.home.folder
            console.print(
                say(f"A new home for runs and models: {folder}", f"新建数据目录：{folder}"),
                soft_wrap=True,
            )
        yield workspace


def _here() -> Path:
    try:
        return Path.cwd()
    except FileNotFoundError as error:
        raise StoreError(
            "the current folder is gone", hint="go to one that exists", code="no_folder"
        ) from error
