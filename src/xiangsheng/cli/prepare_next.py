"""How `prepare` ends: the next command to type, and what it would cost."""

import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xiangsheng.cli.language import say
from xiangsheng.cli.printable import printable
from xiangsheng.core.model import Hyperparameters

if TYPE_CHECKING:
    from xiangsheng.core.estimate import Estimate
    from xiangsheng.core.price import UnknownPrice
    from xiangsheng.verbs.prepare import Checked, Prepared

EPOCHS = Hyperparameters().epochs


def show(checked: "Checked", written: "Prepared | None") -> None:
    files = written.outputs if written else (checked.path,)
    if str(files[0]) == "-":
        return
    command = _command(files)
    _say(f"Next: {command}", f"下一步：{command}")
    takes = _takes(checked.characters) if checked.characters else ""
    english, chinese = (f" in about {takes}", f"，约 {takes}") if takes else ("", "")
    _say(
        f"  which trains here, {EPOCHS} epochs{english}, and costs nothing",
        f"  在本机训练 {EPOCHS} 轮{chinese}，不花钱",
    )
    if found := _bill(checked, written):
        _say(f"  {_told(found, chinese=False)}", f"  {_told(found, chinese=True)}")


def plain_bill(checked: "Checked", written: "Prepared | None") -> dict[str, Any] | None:
    """As JSON; None where no price was asked for."""
    from xiangsheng.core.estimate import Estimate

    found = _bill(checked, written)
    if found is None:
        return None
    if isinstance(found, Estimate):
        from xiangsheng.cli.estimate_json import estimate

        return estimate(found)
    return {"model": found.model, "cost": None, "reason": found.reason.en}


def _bill(checked: "Checked", written: "Prepared | None") -> "Estimate | UnknownPrice | None":
    return checked.bill(written.fixes if written else ())


def _told(found: "Estimate | UnknownPrice", *, chinese: bool) -> str:
    from xiangsheng.cli.amounts import told
    from xiangsheng.core.estimate import Estimate

    if not isinstance(found, Estimate):
        why = found.reason.zh if chinese else found.reason.en
        return f"{found.model}：{why}" if chinese else f"{found.model}: {why}"
    price = next((said for said in found.assumptions if found.model in said.en), None)
    how = (price.zh if chinese else price.en) if price else found.model
    return f"{told(found.cost)}: {how}"


def _command(files: tuple[Path, ...]) -> str:
    valid = ("-v", str(files[1])) if len(files) > 1 else ()
    return shlex.join(("xiangsheng", "ft", "create", "-t", str(files[0]), *valid, "-m", "ada"))


def _takes(characters: int) -> str:
    """A character is about one token of the ladder."""
    from xiangsheng.backends.local.ladder import RUNGS

    seconds = characters * EPOCHS / RUNGS["ada"].speed
    if seconds < 90:
        return f"{max(1, seconds):.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"


def _say(english: str, chinese: str) -> None:
    sys.stdout.write(printable(say(english, chinese)) + "\n")
