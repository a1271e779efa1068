"""Opening the home of the current folder, and saying so when one was made."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console

from xiangsheng.cli.language import say
from xiangsheng.core.errors import StoreError, UsageError

if TYPE_CHECKING:
    from xiangsheng.store.workspace import Workspace

DATABASE = "XIANGSHENG_DATABASE"
_named: ContextVar[str] = ContextVar("named", default="")


def name_database(address: str, *, typed: bool) -> None:
    """For all homes that are opened from now on; an empty one names none.

    Raises UsageError for one with a password that was `typed`: everybody on this machine sees it.
    """
    if address and typed:
        from xiangsheng.store.postgres import has_password

        if has_password(address):
            raise UsageError(
                "a password on the command line is seen by everybody on this machine",
                hint=f"give it in PGPASSWORD or ~/.pgpass, or the whole address in {DATABASE}",
                code="password_seen",
            )
    _named.set(address)


@contextmanager
def opened_home(console: Console, *, make: bool = True) -> Iterator["Workspace"]:
    """`make` says whether a new one may be made; who only reads makes none."""
    from xiangsheng.store.workspace import open_workspace

    named = {DATABASE: address} if (address := _named.get()) else {}
    with open_workspace(_here(), os.environ | named, make=make) as workspace:
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
