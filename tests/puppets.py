"""Models that answer as they are told, served in this process."""

from collections.abc import Callable, Sequence

from xiangsheng.core.clock import SYSTEM_CLOCK
from xiangsheng.core.generation import Completion, Finish, Outcome, Prompt, Request
from xiangsheng.core.ports import Desk, Reply
from xiangsheng.store.workspace import Workspace
from xiangsheng.verbs.served_models import Listed
from xiangsheng.verbs.serving import Serving

Answer = Callable[[Request, Reply], None]


class Puppet:
    """A desk that answers as it is told."""

    name, digest, context, chats = "ngram:5", "0" * 64, None, False

    def __init__(self, answer: Answer) -> None:
        self.answer = answer

    def count(self, prompt: Prompt) -> int:
        return len(prompt.text)

    def token(self, _number: int) -> str | None:
        return None

    def text_of(self, _tokens: Sequence[int]) -> str | None:
        return None

    def submit(self, requests: Sequence[Request], reply: Reply) -> Callable[[], None]:
        for request in requests:
            self.answer(request, reply)
        return lambda: None


class Served(Serving):
    """Opens one desk whatever is asked for."""

    def __init__(self, workspace: Workspace, opening: Callable[[], Desk]) -> None:
        super().__init__(workspace, SYSTEM_CLOCK, most_open=1, journal=True)
        self.opening = opening

    def open(self, model: Listed) -> Desk:
        return self._pool.open(model.key, self.opening)


def said(request: Request, reply: Reply) -> None:
    reply(Outcome(request.item, "ngram:5", (Completion("好", Finish.STOP),)))
