"""Lines that a training source holds, so that no test line is one of them.

Exact texts only; a version with one word changed is not found here.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from xiangsheng.core.script import Script

LONG_ENOUGH = 12
"""Characters from which a line is more than a greeting or a reply that anybody may give."""


@dataclass(frozen=True, slots=True)
class TrainingLines:
    """`holders`: for every line of `LONG_ENOUGH` characters the ids of the scripts that have it.

    `own`: the training source is the source that is chosen from, so that a script is not held
    against itself; whoever trains must then leave the chosen scripts out.
    """

    holders: Mapping[str, frozenset[str]] = field(default_factory=dict)
    own: bool = False

    def holder(self, script: str, text: str) -> str:
        """The training script, other than `script` itself where they are one source, with this
        line; empty where there is none.
        """
        found = self.holders.get(text, frozenset())
        return min(found - {script} if self.own else found, default="")


def training_lines(scripts: Iterable[Script], *, own: bool = False) -> TrainingLines:
    holders: dict[str, set[str]] = {}
    for script in scripts:
        for line in script.lines:
            if len(line.text) >= LONG_ENOUGH:
                holders.setdefault(line.text, set()).add(script.id)
    return TrainingLines({text: frozenset(ids) for text, ids in holders.items()}, own)
