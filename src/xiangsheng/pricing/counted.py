"""Work counted in tokens: prompts with the answers that may come, and training examples."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from xiangsheng.core.estimate import NOTHING, Span, Tokens
from xiangsheng.core.price import Caching
from xiangsheng.prefix.caching import Granularity
from xiangsheng.prefix.growing import Added
from xiangsheng.pricing.tokens import shares
from xiangsheng.tokens.counting import Counter


@dataclass(frozen=True, slots=True)
class Asked:
    """Prompts of one kind. `answers` are texts as long as those that are hoped for, one a prompt, or
    none; then `likely` tokens, where somebody said so, else `most`.

    `most` is max_tokens, `copies` how many completions each prompt gets. `sure` is false for
    prompts that some services cannot be asked.
    """

    prompts: tuple[str, ...]
    most: int
    copies: int = 1
    answers: tuple[str, ...] = ()
    likely: int | None = None
    sure: bool = True
    one_line: bool = False  # each answer is one line


@dataclass(frozen=True, slots=True)
class CountedPrompts:
    """`requests` are in an order in which beginnings come before what goes on from them, `whole`
    the tokens of the longest earlier request that each of them begins with.
    """

    items: int
    prompt: Span
    completion: Span
    distinct: int
    requests: tuple[Added, ...]
    whole: tuple[int, ...]

    @property
    def tokens(self) -> Tokens:
        return Tokens(self.prompt, self.completion, self.distinct)

    def cached(self, caching: Caching) -> tuple[int, int]:
        """Tokens from the cache and tokens that enter it, of requests in the best order."""
        granularity = Granularity(caching.least, caching.step)
        shared = self.whole if caching.whole else [added.shared for added in self.requests]
        hits = [
            granularity.hit(min(n, r.tokens)) for n, r in zip(shared, self.requests, strict=True)
        ]
        entering = (
            r.tokens - hit
            for r, hit in zip(self.requests, hits, strict=True)
            if r.tokens >= caching.least
        )
        return sum(hits), sum(entering)


def count_prompts(counter: Counter, asked: Asked) -> CountedPrompts:
    order = sorted(range(len(asked.prompts)), key=asked.prompts.__getitem__)
    texts = [asked.prompts[at] for at in order]
    requests = tuple(shares(counter, texts))
    return CountedPrompts(
        items=len(texts),
        prompt=Span.of(sum(request.tokens for request in requests), counter.error),
        completion=_completion(counter, asked),
        distinct=sum(request.tokens - request.shared for request in requests),
        requests=requests,
        whole=tuple(_whole(texts, requests)),
    )


def _completion(counter: Counter, asked: Asked) -> Span:
    """From nothing at all to the most that is allowed."""
    total = len(asked.prompts) * asked.copies
    if not asked.most:
        return NOTHING
    if asked.answers:
        lengths = (min(asked.most, counter.count(answer)) for answer in asked.answers)
        likely = sum(lengths) * asked.copies
    else:
        likely = total * min(asked.most, asked.most if asked.likely is None else asked.likely)
    return Span(0, likely, total * asked.most)


def _whole(texts: Sequence[str], requests: Sequence[Added]) -> Iterable[int]:
    """Of sorted texts: those that a text begins with stand before it, the longest nearest."""
    open_: list[tuple[str, int]] = []
    for text, request in zip(texts, requests, strict=True):
        while open_ and not text.startswith(open_[-1][0]):
            open_.pop()
        yield open_[-1][1] if open_ else 0
        open_.append((text, request.tokens))


@dataclass(frozen=True, slots=True)
class CountedExamples:
    """Training examples, once each. `longest` is that of one example."""

    items: int
    prompt: Span
    completion: Span
    distinct: int | None
    longest: int

    @property
    def tokens(self) -> Tokens:
        return Tokens(self.prompt, self.completion, self.distinct)

    @property
    def total(self) -> Span:
        return self.prompt + self.completion


def count_examples(counter: Counter, pairs: Sequence[tuple[str, str]]) -> CountedExamples:
    """Of (prompt, completion), each pair being one text."""
    total = distinct = longest = 0
    for added in shares(counter, (prompt + completion for prompt, completion in pairs)):
        total += added.tokens
        distinct += added.tokens - added.shared
        longest = max(longest, added.tokens)
    prompts = sum(counter.counts(prompt for prompt, _ in pairs))
    return CountedExamples(
        items=len(pairs),
        prompt=Span.of(prompts, counter.error),
        completion=Span.of(max(0, total - prompts), counter.error),
        distinct=distinct,
        longest=longest,
    )


def known_tokens(tokens: int) -> CountedExamples:
    """A number that somebody gave, of which nothing more is known."""
    return CountedExamples(0, Span.of(tokens), NOTHING, None, 0)
