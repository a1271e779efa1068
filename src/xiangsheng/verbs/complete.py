"""One prompt, one model, all sampling parameters."""

from xiangsheng.core.generation import Chunk, Outcome, Prompt, Request, Sampling
from xiangsheng.store.workspace import Workspace
from xiangsheng.verbs.models import open_model


def complete(model: str, prompt: str, sampling: Sampling, workspace: Workspace) -> Outcome:
    """The outcome, failures included; nothing is journalled for a model that costs nothing."""
    opened = open_model(model, workspace)
    request = Request("complete", Prompt(prompt), sampling)
    replies = opened.generator.generate([request], lambda: False)
    return next(reply for reply in replies if not isinstance(reply, Chunk))
