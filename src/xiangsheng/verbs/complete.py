"""One prompt, one model, all sampling parameters."""

from collections.abc import Callable, Iterator

from xiangsheng.core.generation import Chunk, Outcome, Prompt, Request, Sampling
from xiangsheng.store.workspace import Workspace
from xiangsheng.verbs.attending import Attending
from xiangsheng.verbs.models import find_model

ITEM = "complete"
"""The item of a prompt that stands alone: with a seed it has the same answer everywhere."""

Ask = Callable[[Request], Iterator[Chunk | Outcome]]
"""A model, wherever it is: chunks where they are asked for, and then the outcome."""


def complete(
    model: str, prompt: str, sampling: Sampling, workspace: Workspace, attending: Attending
) -> Outcome:
    """The outcome, failures included; nothing is journalled for a model that costs nothing."""
    return answered(asking(model, workspace, attending), prompt, sampling)


def asking(model: str, workspace: Workspace, attending: Attending) -> Ask:
    """A model of this home, built first where it has to be."""
    generator = find_model(model, workspace).open(attending).generator
    return lambda request: generator.generate([request], lambda: False)


def answered(
    ask: Ask, prompt: str, sampling: Sampling, on_chunk: Callable[[Chunk], None] | None = None
) -> Outcome:
    """The outcome; `on_chunk` hears of the text as it comes."""
    request = Request(ITEM, Prompt(prompt), sampling, stream=on_chunk is not None)
    for reply in ask(request):
        if isinstance(reply, Outcome):
            return reply
        if on_chunk:
            on_chunk(reply)
    raise AssertionError("every request has an outcome")
