"""One prompt, one model, all sampling parameters."""

from xiangsheng.core.generation import Chunk, Outcome, Prompt, Request, Sampling
from xiangsheng.store.workspace import Workspace
from xiangsheng.verbs.attending import Attending
from xiangsheng.verbs.models import find_model

ITEM = "complete"
"""The item of a prompt that stands alone: with a seed it has the same answer everywhere."""


def complete(
    model: str, prompt: str, sampling: Sampling, workspace: Workspace, attending: Attending
) -> Outcome:
    """The outcome, failures included; nothing is journalled for a model that costs nothing."""
    opened = find_model(model, workspace).open(attending)
    request = Request(ITEM, Prompt(prompt), sampling)
    replies = opened.generator.generate([request], lambda: False)
    return next(reply for reply in replies if not isinstance(reply, Chunk))
