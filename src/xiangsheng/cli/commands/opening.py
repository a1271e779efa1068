"""Opening the home of the current folder, and saying so when one was made."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console

from xiangsheng.cli.language import say

if TYPE_CHECKING:
    from xiangsheng.store.workspace import Workspace


@contextmanager
def opened_home(console: Console) -> Iterator["Workspace"]:
    from xiangsheng.store.workspace import open_workspace

    with open_workspace(Path.cwd(), os.environ) as workspace:
        if workspace.home.created:
            folder = workspace.home.folder
            console.print(
                say(f"A new home for runs and models: {folder}", f"新建数据目录：{folder}"),
                soft_wrap=True,
            )
        yield workspace
