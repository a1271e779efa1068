"""The user's configuration folder: what belongs to a person, not to a home. Secrets live here only."""

import os
from collections.abc import Mapping
from pathlib import Path

from xiangsheng.core.errors import StoreError
from xiangsheng.files.atomic import full_disk

SERVER_KEY = "server-key"


def configuration_folder(environment: Mapping[str, str]) -> Path:
    """`xiangsheng` in XDG_CONFIG_HOME, or in `~/.config`; it need not exist."""
    named = environment.get("XDG_CONFIG_HOME", "")
    try:
        base = Path(named) if named.startswith("/") else Path.home() / ".config"
    except RuntimeError as error:
        raise StoreError(
            "there is no home directory to keep settings in",
            hint="name a folder with XDG_CONFIG_HOME",
            code="no_configuration",
        ) from error
    return base / "xiangsheng"


def read_secret(folder: Path, name: str) -> str | None:
    """None where there is none."""
    try:
        return (folder / name).read_text(encoding="utf-8").strip() or None
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise _unusable(folder / name, error) from error


def write_secret(folder: Path, name: str, text: str, *, replace: bool) -> bool:
    """In place as a whole, for its owner's eyes only. False where there is one not to replace."""
    path = folder / name
    draft = folder / f".{name}.{os.getpid()}"
    try:
        with full_disk(str(path)):
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            draft.unlink(missing_ok=True)
            file = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            try:
                with os.fdopen(file, "w", encoding="utf-8") as stream:
                    stream.write(text + "\n")
                    stream.flush()
                    os.fsync(stream.fileno())
                if replace:
                    draft.replace(path)
                else:
                    path.hardlink_to(draft)  # which never replaces
            finally:
                draft.unlink(missing_ok=True)
    except FileExistsError:
        return False
    except OSError as error:
        raise _unusable(path, error) from error
    return True


def _unusable(path: Path, error: Exception) -> StoreError:
    return StoreError(
        f"this file of your settings cannot be used: {error}",
        where=str(path),
        hint="check its permissions, or name another folder with XDG_CONFIG_HOME",
        code="configuration",
    )
