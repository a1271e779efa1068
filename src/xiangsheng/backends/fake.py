"""Models that are made up, for dry runs and tests: what they answer is fixed by their name.

    fake:echo    the last line of the prompt that says something, without its label
    fake:empty   nothing
    fake:loop    one line over and over, until a stop sequence or max_tokens
    fake:refuse  a refusal       fake:filter  a content filter's answer
    fake:error   an error        fake:flaky?every=7  an error for one item in seven, always the same
    fake:slow?ms=20  echo, after that many milliseconds

Characters are the tokens. A fake is certain of what it says and of what it is told: every
log-probability is 0. Of a prompt it echoes the text, and none of the messages.
"""

import re
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from hashlib import blake2b, sha256
from time import perf_counter

from xiangsheng.backends.names import ModelName, parse_model_name
from xiangsheng.backends.serial import one_by_one
from xiangsheng.backends.stopping import Stopper
from xiangsheng.core.errors import UnknownModelError
from xiangsheng.core.generation import (
    Chunk,
    Completion,
    Failure,
    Finish,
    Outcome,
    OutcomeKind,
    Request,
    Sampling,
    TokenLogprob,
    Usage,
)
from xiangsheng.core.money import LOCAL, Price

VERSION = 1
"""Goes up when a fake answers differently."""
LOOP = "好，好，您说得都对。"

_LABEL = re.compile(r"^\s*\d\s*[:：]")

Answer = str | Failure


def generator(
    name: str, price: Price = LOCAL, sleep: Callable[[float], None] = time.sleep
) -> "FakeGenerator":
    """The fake called `name`; raises UnknownModelError for any other name."""
    model = parse_model_name(name)
    if model.family != "fake":
        raise UnknownModelError(f"'{name}' is not a fake", hint="fakes are called fake:KIND")
    return FakeGenerator(model, price, sleep)


@dataclass(frozen=True, slots=True)
class FakeGenerator:
    """Answers from the table below; `sleep` is what `fake:slow` waits with, in seconds."""

    model: ModelName
    price: Price = LOCAL
    sleep: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = perf_counter

    @property
    def name(self) -> str:
        return self.model.full

    @property
    def digest(self) -> str:
        known = repr((VERSION, self.model.kind, sorted(self.model.options.items())))
        return sha256(known.encode()).hexdigest()

    def generate(
        self, requests: Iterable[Request], cancelled: Callable[[], bool]
    ) -> Iterator[Chunk | Outcome]:
        return one_by_one(requests, cancelled, self._answer)

    def _answer(self, request: Request) -> Iterator[Chunk | Outcome]:
        started = self.clock()
        if self.model.kind == "slow":
            self.sleep(self.model.options["ms"] / 1000)
        answer = _ANSWERS[self.model.kind](request, self.model)
        if isinstance(answer, Failure):
            yield Outcome(request.item, self.name, failure=answer)
            return
        completion, drawn = _cut(answer, request)
        sampling = request.sampling
        echoed = request.prompt.text if sampling.echo else ""
        for index in range(sampling.n if request.stream else 0):
            yield from (
                Chunk(request.item, index, text, _certain(text, sampling))
                for text in (echoed, *completion.text)
                if text
            )
        if sampling.echo:
            completion = completion.after(echoed, _certain(echoed, sampling))
        yield Outcome(
            request.item,
            self.name,
            (completion,) * sampling.n,
            usage=Usage(len(_asked(request)), drawn * (sampling.best_of or sampling.n)),
            latency_s=self.clock() - started,
        )


def _cut(answer: str, request: Request) -> tuple[Completion, int]:
    """The answer up to a stop sequence or max_tokens, and how many characters that took."""
    sampling = request.sampling
    stopper = Stopper(sampling.stop)
    shown, drawn, finish = "", 0, Finish.STOP
    for character in answer[: sampling.max_tokens]:
        released, stopped = stopper.push(character)
        shown, drawn = shown + released, drawn + 1
        if stopped:
            break
    else:
        finish = Finish.LENGTH if drawn == sampling.max_tokens else Finish.STOP
        shown += stopper.finish()
    return Completion(shown, finish, _certain(shown, sampling)), drawn


def _certain(text: str, sampling: Sampling) -> tuple[TokenLogprob, ...]:
    """The log-probabilities of a text, as far as they were asked for."""
    if sampling.logprobs is None:
        return ()
    return tuple(TokenLogprob(c, 0.0, ((c, 0.0),) if sampling.logprobs else ()) for c in text)


def _asked(request: Request) -> str:
    return request.prompt.text + "\n".join(m.content for m in request.prompt.messages)


def _echo(request: Request, _: ModelName) -> Answer:
    lines = (_LABEL.sub("", line).strip() for line in _asked(request).splitlines())
    return next((line for line in reversed(list(lines)) if line), "")


def _loop(request: Request, _: ModelName) -> Answer:
    return LOOP * (request.sampling.max_tokens // len(LOOP) + 2)


def _flaky(request: Request, model: ModelName) -> Answer:
    item = blake2b(request.item.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    unlucky = int.from_bytes(item, "big") % model.options["every"] == 0
    return _ERROR if unlucky else _echo(request, model)


_ERROR = Failure(OutcomeKind.ERROR, "this fake fails on purpose", "fake_error")
_REFUSAL = Failure(OutcomeKind.REFUSED, "this fake refuses on purpose", "fake_refusal")
_FILTER = Failure(OutcomeKind.FILTERED, "this fake filters on purpose", "fake_filter")

_ANSWERS: dict[str, Callable[[Request, ModelName], Answer]] = {
    "echo": _echo,
    "slow": _echo,
    "loop": _loop,
    "flaky": _flaky,
    "empty": lambda _request, _model: "",
    "refuse": lambda _request, _model: _REFUSAL,
    "filter": lambda _request, _model: _FILTER,
    "error": lambda _request, _model: _ERROR,
}
