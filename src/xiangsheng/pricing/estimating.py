"""Counted work and the price book → an estimate with what it rests on, or the price that is missing."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from xiangsheng.core.estimate import Cost, Estimate, Span, Tokens, Way
from xiangsheng.core.price import Kind, UnknownPrice
from xiangsheng.core.words import Words
from xiangsheng.pricing.counted import Asked, CountedExamples, CountedPrompts
from xiangsheng.pricing.moments import When
from xiangsheng.pricing.price_book import Book
from xiangsheng.pricing.quotes import Quotes, quotes, told
from xiangsheng.pricing.ways import batch_way, cached_way, once_way, training_ways
from xiangsheng.tokens.counting import Counter, described

TRAINING = "training"

OF_THE_LOG = 45
"""Tokens of an answer, as the work log of 2022 counted them."""

_GPT3 = ("r50k_base", "p50k_base")
_CHINESE = Words(
    "GPT-3 的分词器在中文上每字约 2.05 个词元：一百万词元约合 1.4 MB 中文，或 5 MB 英文",
    "GPT-3's tokenizer spends about 2.05 tokens on a Chinese character: 1M tokens are about 1.4 MB of "
    "Chinese, or 5 MB of English",
)


@dataclass(frozen=True, slots=True)
class Asking:
    """Which model, base or one fine-tuned from it, when, in which currency (empty: USD, then CNY)."""

    book: Book
    model: str
    when: When
    currency: str = ""
    tuned: bool = False

    @property
    def name(self) -> str:
        return self.book.ref(self.model).name


def estimate_training(
    asking: Asking,
    counter: Counter,
    counted: CountedExamples,
    epochs: int,
    as_script: CountedExamples | None = None,
) -> Estimate | UnknownPrice:
    """`as_script` are the same lines, each supervised once."""
    found = quotes(asking.book, asking.model, [Kind.TRAIN], asking.when, asking.currency)
    if isinstance(found, UnknownPrice):
        return found
    cost = found.cost(Kind.TRAIN, counted.total.times(epochs))
    read = found.cost(Kind.TRAIN, counted.prompt.times(epochs))
    return Estimate(
        model=asking.name,
        items=counted.items,
        tokens=counted.tokens,
        cost=cost,
        prompt_cost=read.amount,
        completion_cost=cost.amount - read.amount,
        assumptions=(
            *_examples(counter, counted, epochs),
            *told(found, asking.name, asking.when),
            *_chinese(counter),
        ),
        ways=tuple(_worth_it(cost, training_ways(found, counted, epochs, as_script))),
    )


def estimate_prompts(
    asking: Asking, counter: Counter, counted: CountedPrompts, asked: Asked
) -> Estimate | UnknownPrice:
    if not asked.sure:
        counted = replace(counted, prompt=replace(counted.prompt, low=0))
    kinds = [Kind.INPUT] + ([Kind.OUTPUT] if counted.completion.high else [])
    book, model, when, tuned = asking.book, asking.model, asking.when, asking.tuned
    found = quotes(book, model, kinds, when, asking.currency, tuned=tuned)
    if isinstance(found, UnknownPrice):
        return found
    cost = read = found.cost(Kind.INPUT, counted.prompt)
    if counted.completion.high:
        cost += found.cost(Kind.OUTPUT, counted.completion)
    ways = (
        cached_way(book, model, when, found, counted, tuned=tuned),
        batch_way(book, model, when, found, counted, tuned=tuned),
        once_way(found, counted),
    )
    return Estimate(
        model=asking.name,
        items=counted.items,
        tokens=counted.tokens,
        cost=cost,
        prompt_cost=read.amount,
        completion_cost=cost.amount - read.amount,
        assumptions=(
            described(counter),
            *_answers(asked, counted, found),
            *told(found, asking.name, when),
            *_chinese(counter),
        ),
        ways=tuple(_worth_it(cost, ways)),
    )


def together(
    model: str, parts: Mapping[str, Estimate], distinct: int, training: Estimate | None = None
) -> Estimate:
    """A whole run. Its tokens are those of its requests, `distinct` those of one forest over all
    prompts; what is trained is in the part `training` and in the cost.

    What holds of several parts is said once, and what holds of one says of which.
    """
    asked = tuple(parts.values())
    every = (*asked, training) if training else asked
    named = {**parts, TRAINING: training} if training else parts
    return Estimate(
        model=model,
        items=sum(part.items for part in asked),
        tokens=Tokens(
            Span.sum(part.tokens.prompt for part in asked),
            Span.sum(part.tokens.completion for part in asked),
            distinct,
        ),
        cost=Cost.sum(part.cost for part in every),
        prompt_cost=sum((part.prompt_cost for part in asked), Decimal(0)),
        completion_cost=sum((part.completion_cost for part in asked), Decimal(0)),
        assumptions=tuple(_said(named)),
        ways=tuple(_summed(every)),
        seconds=training.seconds if training else None,
        parts=named,
    )


def _said(parts: Mapping[str, Estimate]) -> Iterator[Words]:
    of = {
        said: [name for name, part in parts.items() if said in part.assumptions]
        for part in parts.values()
        for said in part.assumptions
    }
    for said, names in of.items():
        if len(names) == 1 < len(parts):
            yield Words(f"{names[0]}：{said.zh}", f"{names[0]}: {said.en}")
        else:
            yield said


def _summed(parts: Sequence[Estimate]) -> Iterator[Way]:
    """Ways that each part has, or can do without."""
    for name in dict.fromkeys(way.name for part in parts for way in part.ways):
        found = [next((w for w in part.ways if w.name == name), None) for part in parts]
        known = [way for way in found if way]
        if any(way.cost is None for way in known):
            yield next(way for way in known if way.cost is None)
            continue
        costs = [
            way.cost if way and way.cost else part.cost
            for way, part in zip(found, parts, strict=True)
        ]
        why = known[0].why if len({way.why for way in known}) == 1 else _EACH
        yield Way(name, why, Cost.sum(costs))


_EACH = Words("各部分分别这样做，见各部分", "each part in this way; see the parts")


def _worth_it(cost: Cost, ways: Iterator[Way] | Sequence[Way]) -> Iterator[Way]:
    """Nothing can be saved of what is free."""
    return (way for way in ways if cost.high)


def _examples(counter: Counter, counted: CountedExamples, epochs: int) -> Iterator[Words]:
    if counted.longest:
        yield described(counter)
    else:
        yield Words("词元数是给定的", "the number of tokens was given")
    yield Words(
        f"{epochs} 轮，每轮所有词元（含提示）都计费",
        f"{epochs} epochs; in each, all tokens are paid for, those of prompts too",
    )
    if counted.longest:
        yield Words(
            f"最长的样本有 {counted.longest:,} 个词元；超出模型上下文的部分服务方会截断或拒收，这里照全长计",
            f"the longest example has {counted.longest:,} tokens; what exceeds a model's context is cut or "
            "refused, and counted in full here",
        )


def _answers(asked: Asked, counted: CountedPrompts, found: Quotes) -> Iterator[Words]:
    if not counted.completion.high:
        yield Words("只读提示，不写回答", "prompts are read; nothing is written")
    elif asked.answers:
        mean = counted.completion.likely / max(1, counted.items * asked.copies)
        yield Words(
            f"回答的长度：最少为零，多半和所问的真实台词一样长（平均 {mean:.1f} 个词元），最多 {asked.most} 个",
            f"answers: nothing at the least, likely as long as the real lines that are asked for (on "
            f"average {mean:.1f} tokens), {asked.most} tokens at the most",
        )
        if asked.one_line:
            cost = found.cost(Kind.INPUT, counted.prompt) + found.cost(
                Kind.OUTPUT, Span.of(OF_THE_LOG * counted.items * asked.copies)
            )
            yield Words(
                f"若每个回答 {OF_THE_LOG} 个词元（2022 年记录的算法）：{cost.amount:.2f} {cost.currency}",
                f"with {OF_THE_LOG} tokens an answer, as the work log of 2022 counted: "
                f"{cost.amount:.2f} {cost.currency}",
            )
    else:
        likely = asked.most if asked.likely is None else min(asked.likely, asked.most)
        yield Words(
            f"回答的长度：最少为零，按每个 {likely} 个词元算，最多 {asked.most} 个",
            f"answers: nothing at the least, {likely} tokens each counted, {asked.most} at the most",
        )
    if asked.copies > 1:
        yield Words(
            f"每个提示要 {asked.copies} 个回答", f"{asked.copies} answers are paid for each prompt"
        )
    if not asked.sure:
        yield Words(
            "这些提示要服务方回显并给出对数概率，许多服务做不到：最低价里没有它们",
            "these prompts need a service that echoes them with log-probabilities, which many do not: "
            "the least cost is without them",
        )


def _chinese(counter: Counter) -> Iterator[Words]:
    if counter.name in _GPT3:
        yield _CHINESE
