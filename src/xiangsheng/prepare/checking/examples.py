"""One row of each finding, as it stands in the file."""

from collections.abc import Sequence
from dataclasses import replace

from xiangsheng.prepare.checking.finding import Finding
from xiangsheng.prepare.checking.gathering import Gathered


def with_examples(findings: Sequence[Finding], gathered: Gathered) -> tuple[Finding, ...]:
    """Those that list rows and show none get the first of them: the prompt's end, the answer."""
    lacking = [finding for finding in findings if finding.rows and not finding.example]
    if not lacking:
        return tuple(findings)
    texts = gathered.shown(frozenset(finding.rows[0] for finding in lacking))
    return tuple(
        replace(finding, example=texts[finding.rows[0]])
        if finding.rows and not finding.example and finding.rows[0] in texts
        else finding
        for finding in findings
    )
