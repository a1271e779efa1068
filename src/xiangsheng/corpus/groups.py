"""Scripts that belong together: what shares text must not be divided between training and test."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from xiangsheng.core.script import Script
from xiangsheng.corpus.folding import FoldedScript
from xiangsheng.corpus.likeness import Bounds, Likeness, likenesses
from xiangsheng.corpus.relatives import relatives


@dataclass(frozen=True, slots=True)
class Group:
    """Scripts in the order of their ids. `ties` hold them together: one fewer than scripts, each
    the strongest likeness of two.
    """

    scripts: tuple[Script, ...]
    ties: tuple[Likeness, ...] = ()


def grouped(scripts: Sequence[Script], bounds: Bounds) -> tuple[Group, ...]:
    """All scripts, those in one group between which a chain of likenesses leads; most are alone.

    The order of scripts does not matter; groups are in the order of their first ids.
    """
    scripts = sorted(scripts, key=lambda script: script.id)
    folded = [FoldedScript.of(script) for script in scripts]
    leaders = list(range(len(scripts)))
    ties: list[tuple[int, Likeness]] = []

    def leader(place: int) -> int:
        while leaders[place] != place:
            leaders[place] = place = leaders[leaders[place]]
        return place

    pairs = ((i, j) for i, j in relatives(folded, folded, bounds) if i < j)
    # Neighbours first: where many scripts share one text, the rest is then together already.
    for i, j in sorted(pairs, key=lambda pair: (pair[1] - pair[0], pair)):
        one, other = sorted((leader(i), leader(j)))
        if one != other and (found := likenesses(folded[i], folded[j], bounds)):
            leaders[other] = one
            ties.append((i, found[0]))
    members, held = defaultdict[int, list[Script]](list), defaultdict[int, list[Likeness]](list)
    for place, script in enumerate(scripts):
        members[leader(place)].append(script)
    for place, tie in ties:
        held[leader(place)].append(tie)
    return tuple(Group(tuple(found), tuple(held[first])) for first, found in members.items())
