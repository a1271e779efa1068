"""Recognising the prompts of the published study, whose numbers a report shows beside its own."""

from collections.abc import Iterable

from xiangsheng.core.canonical import digest
from xiangsheng.prepare.questions import Question

PROMPTS = "33441d4a4dcd4760ab932fbfe44b71a0c8b13d7288192cca0c34446727e331ef"
"""Digest of the 950 prompts on C³'s test set and of the real lines that follow, sorted; no text
of them is kept here.
"""


def are_published(questions: Iterable[Question]) -> bool:
    """Whether a run's next-line questions are the published ones: all 950, in that rendering."""
    asked = sorted((q.prompt.text, q.reference) for q in questions if q.task == "next-line")
    return digest(asked) == PROMPTS
