"""Recognising the test set of the published study, whose numbers a report shows beside its own."""

from collections.abc import Iterable

from xiangsheng.core.canonical import digest
from xiangsheng.prepare.questions import Question

TEST_SET = "fa64be923b2622049d740aa2592be7ba2ba4c2f570fcc32801b8b747d045bb98"
"""Digest of the real next lines of C³'s 50 × 20 test set, in order; no text of it is kept here."""


def is_test_set(questions: Iterable[Question]) -> bool:
    """Whether the next-line questions are those of C³'s test set: all 950, and no others."""
    lines = {q.item: q.reference for q in questions if q.task == "next-line"}
    return digest(sorted(lines.values())) == TEST_SET
