"""A corpus divided into training, test and validation scripts, related ones on one side."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from xiangsheng.core.canonical import digest
from xiangsheng.core.errors import UsageError
from xiangsheng.core.script import Script
from xiangsheng.corpus.groups import Group, grouped
from xiangsheng.corpus.likeness import Bounds


@dataclass(frozen=True, slots=True)
class Split:
    """Scripts in the order in which they came; `groups` are those of more than one script."""

    train: tuple[Script, ...]
    test: tuple[Script, ...]
    valid: tuple[Script, ...]
    groups: tuple[Group, ...]

    @property
    def sides(self) -> dict[str, tuple[Script, ...]]:
        """By the names of the folders that they go to; without `valid` where it is empty."""
        return {"train": self.train, "test": self.test} | (
            {"valid": self.valid} if self.valid else {}
        )

    def side(self, group: Group) -> str:
        return next(name for name, scripts in self.sides.items() if group.scripts[0] in scripts)


def split(
    scripts: Sequence[Script], test: int, valid: int, seed: int, bounds: Bounds = Bounds()
) -> Split:
    """At most so many scripts for test and for validation, drawn group by group.

    A group has its place in the draw from the seed and its first id alone, so neither the order
    of scripts matters nor, for most, which others there are. A group that is larger than what is
    still wanted is passed over, so fewer may come than were asked for. Raises UsageError when
    nothing would be left to learn from, or nothing can be drawn.
    """
    if not (test >= 1 and valid >= 0 and test + valid < len(scripts)):
        raise UsageError(
            f"of {len(scripts)} scripts, {test} for test and {valid} for validation",
            hint="ask for at least one test script, and leave at least one to learn from",
            code="split",
        )
    groups = grouped(scripts, bounds)
    drawn = sorted(groups, key=lambda group: digest([seed, group.scripts[0].id]))
    tests = _ids(drawn, test, "test")
    rest = [group for group in drawn if group.scripts[0].id not in tests]
    valids = _ids(rest, valid, "validation") if valid else set()
    return Split(
        tuple(script for script in scripts if script.id not in tests | valids),
        tuple(script for script in scripts if script.id in tests),
        tuple(script for script in scripts if script.id in valids),
        tuple(group for group in groups if len(group.scripts) > 1),
    )


def _ids(groups: Iterable[Group], wanted: int, name: str) -> set[str]:
    found: set[str] = set()
    for group in groups:
        if len(found) + len(group.scripts) <= wanted:
            found.update(script.id for script in group.scripts)
    if not found:
        raise UsageError(
            f"no group of related scripts is as small as {wanted}, the number of {name} scripts",
            hint="ask for more, or see what is grouped: xiangsheng corpus leaks SOURCE SOURCE",
            code="split",
        )
    return found
