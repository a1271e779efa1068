"""One prompt to a model of a service: a completion, or a chat's answer where the model only chats."""

import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from time import perf_counter
from typing import Any

from xiangsheng.backends.hosted.failures import RefusedError, explained, of_stream
from xiangsheng.backends.hosted.http import Http, Json
from xiangsheng.backends.hosted.wire import is_number, list_of
from xiangsheng.core.errors import ServiceError, UnreachableError
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

TEXT, CHAT = "/completions", "/chat/completions"
_CHATS = "chat/completions"
"""What the refusal of a model that only chats says to use."""


def answer(http: Http, model: str, request: Request) -> Iterator[Chunk | Outcome]:
    """Chunks where they are asked for, then the outcome. A prompt is sent once: an answer that was
    lost may have been paid for.

    Raises UsageError for what the service refuses, and ServiceError.
    """
    begun = perf_counter()
    with explained(http.service, f"a model {model!r} that completes"):
        try:
            yield from _asked(http, TEXT, model, request, begun)
        except RefusedError as refused:
            if _CHATS not in refused.said:
                raise
            yield from _asked(http, CHAT, model, request, begun)


def _asked(
    http: Http, path: str, model: str, request: Request, begun: float
) -> Iterator[Chunk | Outcome]:
    # A service never echoes a chat's messages, so the prompt is put before its answer here.
    echo = request.prompt.text if request.sampling.echo and path == CHAT else ""
    asked = _body(path, model, request)
    gathered = _Gathered(request, echo)
    if not request.stream:
        gathered.take(http.post(path, json=asked))
    else:
        done = False
        for line in _lines(http, path, asked | {"stream": True}):
            if line.strip() == "data: [DONE]":
                done = True
                break
            if line.startswith("data:"):
                yield from gathered.take(_event(line, http))
        if not done:
            raise UnreachableError(
                f"the answer of {http.service.name} broke off",
                hint="what was said so far is above; ask again for all of it",
            )
    yield gathered.outcome(model, perf_counter() - begun)


def _lines(http: Http, path: str, asked: Json) -> Iterator[str]:
    """With the usage, which OpenAI tells only who asks, at its end; without, where a service does not
    know the question.
    """
    try:
        yield from http.lines(path, asked | {"stream_options": {"include_usage": True}})
    except RefusedError as refused:  # so nothing has come yet
        if refused.status not in {400, 422} or b"stream_options" not in refused.body:
            raise
        yield from http.lines(path, asked)


def _body(path: str, model: str, request: Request) -> dict[str, Any]:
    """What differs from the API's own defaults, and the seed."""
    sampling, usual = request.sampling, Sampling()
    given: dict[str, Any] = {
        name: getattr(sampling, name)
        for name in (
            *("temperature", "top_p", "n", "presence_penalty", "frequency_penalty"),
            *("logit_bias", "best_of", "logprobs", "echo"),
        )
        if getattr(sampling, name) != getattr(usual, name)
    }
    given |= {"model": model, "max_tokens": sampling.max_tokens, "seed": sampling.seed}
    if sampling.stop:
        given["stop"] = list(sampling.stop)
    if path == TEXT:
        return given | {"prompt": request.prompt.text}
    for name in ("best_of", "echo", "logprobs"):  # a chat has no such thing, or another one
        given.pop(name, None)
    return given | {"messages": [{"role": "user", "content": request.prompt.text}]}


@dataclass(slots=True)
class _Choice:
    text: str = ""
    finish: str = ""
    refusal: str = ""
    logprobs: list[TokenLogprob] = field(default_factory=list)


@dataclass(slots=True)
class _Gathered:
    """Choices as they come, whole or in pieces."""

    request: Request
    echo: str
    choices: dict[int, _Choice] = field(default_factory=dict)
    usage: Usage = field(default_factory=Usage)

    def take(self, found: Json) -> list[Chunk]:
        chunks: list[Chunk] = []
        used = found.get("usage")
        if isinstance(used, dict):
            counts = [used.get(f"{part}_tokens") for part in ("prompt", "completion")]
            self.usage = Usage(*(max(0, int(count)) if is_number(count) else 0 for count in counts))
        given = found.get("choices")
        for one in given if isinstance(given, list) else ():
            if isinstance(one, dict):
                index = one.get("index")
                chunks += self._take(index if isinstance(index, int) else 0, one)
        return chunks

    def _take(self, index: int, one: Mapping[str, Any]) -> list[Chunk]:
        is_new = index not in self.choices
        choice = self.choices.setdefault(index, _Choice(self.echo))
        said = one.get("message") or one.get("delta")
        message = said if isinstance(said, dict) else {}
        text = str(one.get("text") or message.get("content") or "")
        choice.text += text
        choice.refusal += str(message.get("refusal") or "")
        choice.finish = str(one.get("finish_reason") or choice.finish)
        told = one.get("logprobs")
        tokens = list(_logprobs(told)) if isinstance(told, dict) else []
        choice.logprobs += tokens
        text = self.echo + text if is_new else text
        return [Chunk(self.request.item, index, text, tuple(tokens))] if text else []

    def outcome(self, model: str, seconds: float) -> Outcome:
        """Raises ServiceError (`answer`) where there is none."""
        if not self.choices:
            raise ServiceError("the service answers without a choice", code="answer")
        made = Outcome(self.request.item, model, usage=self.usage, latency_s=seconds)
        first = self.choices[min(self.choices)]
        if first.refusal:
            return replace(made, failure=Failure(OutcomeKind.REFUSED, first.refusal, "refused"))
        if first.finish == "content_filter":
            what = "the service's content filter kept the answer back"
            return replace(made, failure=Failure(OutcomeKind.FILTERED, what, "content_filter"))
        return replace(
            made,
            completions=tuple(self._whole(self.choices[index]) for index in sorted(self.choices)),
        )

    def _whole(self, choice: _Choice) -> Completion:
        finish = Finish.LENGTH if choice.finish == "length" else Finish.STOP
        prompt = self.request.prompt.text
        echoed = self.request.sampling.echo and choice.text.startswith(prompt)
        return Completion(
            choice.text, finish, tuple(choice.logprobs), len(prompt) if echoed else None
        )


def _event(line: str, http: Http) -> Json:
    """An event of a stream. Raises ServiceError for one that tells of an error."""
    try:
        found = json.loads(line.removeprefix("data:"))
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise ServiceError("the service answers with a broken stream", code="answer")
    if error := found.get("error"):
        raise of_stream(error, http.service)
    return found


def _logprobs(told: Mapping[str, Any]) -> Iterator[TokenLogprob]:
    """Those of completions. The first token of an echo has none, which is not a number here."""
    tokens, logprobs, tops = (
        list_of(told.get(name)) for name in ("tokens", "token_logprobs", "top_logprobs")
    )
    for place, (token, logprob) in enumerate(zip(tokens, logprobs, strict=False)):
        top = tops[place] if place < len(tops) else None
        likely = top.items() if isinstance(top, dict) else ()
        yield TokenLogprob(
            str(token),
            float(logprob) if is_number(logprob) else math.nan,
            tuple((str(t), float(p)) for t, p in likely if is_number(p)),
        )
