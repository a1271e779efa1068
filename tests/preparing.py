"""Files of training examples, checked in this process."""

import json
from collections.abc import Iterator, Sequence
from io import BytesIO

from xiangsheng.prepare.checking.finding import Finding
from xiangsheng.prepare.checking.gathering import gathered
from xiangsheng.prepare.checking.looking import Wanted, looked
from xiangsheng.prepare.checking.pairs import Pairs
from xiangsheng.prepare.checking.profiles import Profile, findings
from xiangsheng.prepare.checking.sources import source_of

Row = tuple[str, str]


def jsonl(rows: Sequence[Row]) -> str:
    return "".join(
        json.dumps({"prompt": prompt, "completion": completion}, ensure_ascii=False) + "\n"
        for prompt, completion in rows
    )


def pairs(rows: Sequence[Row], first: int = 0) -> Pairs:
    """Rows that stand in the lines from `first` + 1 on."""
    places = range(first, first + len(rows))
    lines = range(first + 1, first + 1 + len(rows))
    return Pairs([row[0] for row in rows], [row[1] for row in rows], lines, places)


def found(
    rows: Sequence[Row], wanted: Wanted = Wanted(), profile: Profile = Profile.DIALOGUE
) -> tuple[Finding, ...]:
    """All that a file of these rows is told."""
    source = source_of(BytesIO(jsonl(rows).encode()), "a.jsonl", "jsonl")
    with gathered(source, "jsonl") as gathering:
        look = looked(gathering, wanted, dialogue=profile is Profile.DIALOGUE)
        return findings(profile, gathering, look)


def of_rule(rule: str, told: Sequence[Finding]) -> Iterator[Finding]:
    return (finding for finding in told if finding.rule == rule)
