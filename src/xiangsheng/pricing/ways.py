"""Other ways to have the same: a provider's prompt cache, batches, whole scripts, sharing."""

from collections.abc import Iterator
from decimal import Decimal

from xiangsheng.core.estimate import Cost, Span, Way
from xiangsheng.core.price import Caching, Kind, UnknownPrice
from xiangsheng.core.words import Words
from xiangsheng.pricing.counted import CountedExamples, CountedPrompts
from xiangsheng.pricing.moments import When
from xiangsheng.pricing.price_book import Book
from xiangsheng.pricing.quotes import Quotes, quotes

ONCE = Words(
    "每段相同的开头只付一次（下限，没有哪家这样卖；本机模型就是这样读的）",
    "each shared beginning paid for once (a bound that no service sells; local models read so)",
)


def cached_way(
    book: Book, model: str, when: When, found: Quotes, counted: CountedPrompts, *, tuned: bool
) -> Way:
    """The most that the service's own prompt cache could save."""
    caching = book.caching(model)
    if caching is None:
        return Way(
            "cached",
            Words(
                "没有已知的提示缓存",
                "no prompt cache is known of this model, or none of how it counts",
            ),
        )
    price = quotes(book, model, [Kind.CACHED_INPUT], when, found.currency, tuned=tuned)
    if isinstance(price, UnknownPrice):
        return Way("cached", _missing("缓存价", "cached price", price))
    hits, entering = counted.cached(caching)
    share = Decimal(hits) / max(1, counted.prompt.likely)
    cost = _less(found, Kind.INPUT, counted.prompt, share) + price.cost(
        Kind.CACHED_INPUT, _share(counted.prompt, share)
    )
    if caching.write > 1:
        cost += _write(found, caching, entering)
    return Way("cached", _cached_words(caching, hits), _with_answers(cost, found, counted))


def batch_way(
    book: Book, model: str, when: When, found: Quotes, counted: CountedPrompts, *, tuned: bool
) -> Way:
    kinds = [Kind.BATCH_INPUT] + ([Kind.BATCH_OUTPUT] if counted.completion.high else [])
    price = quotes(book, model, kinds, when, found.currency, tuned=tuned)
    if isinstance(price, UnknownPrice):
        return Way("batch", _missing("批量价", "batch price", price))
    cost = price.cost(Kind.BATCH_INPUT, counted.prompt)
    if counted.completion.high:
        cost += price.cost(Kind.BATCH_OUTPUT, counted.completion)
    return Way(
        "batch", Words("批量任务，可能要等一天", "as a batch job, which may take a day"), cost
    )


def once_way(found: Quotes, counted: CountedPrompts) -> Way:
    cost = found.cost(Kind.INPUT, Span.of(counted.distinct))
    return Way("once", ONCE, _with_answers(cost, found, counted))


def training_ways(
    found: Quotes, counted: CountedExamples, epochs: int, as_script: CountedExamples | None
) -> Iterator[Way]:
    if as_script is not None:
        yield Way(
            "script",
            Words(
                f"同样的台词，整个剧本一个样本（{as_script.items} 个），每句只训练一次："
                f"{as_script.total.likely:,} 个词元",
                f"the same lines with a whole script as one example ({as_script.items} of them), each "
                f"line trained once: {as_script.total.likely:,} tokens",
            ),
            found.cost(Kind.TRAIN, as_script.total.times(epochs)),
        )
    elif counted.distinct is not None and counted.distinct < counted.total.likely:
        yield Way("once", ONCE, found.cost(Kind.TRAIN, Span.of(counted.distinct).times(epochs)))


def _with_answers(cost: Cost, found: Quotes, counted: CountedPrompts) -> Cost:
    if not counted.completion.high:
        return cost
    return cost + found.cost(Kind.OUTPUT, counted.completion)


def _share(span: Span, share: Decimal) -> Span:
    return Span(round(span.low * share), round(span.likely * share), round(span.high * share))


def _less(found: Quotes, kind: Kind, span: Span, share: Decimal) -> Cost:
    gone = _share(span, share)
    return found.cost(
        kind, Span(span.low - gone.low, span.likely - gone.likely, span.high - gone.high)
    )


def _write(found: Quotes, caching: Caching, entering: int) -> Cost:
    """What entering the cache costs on top of being read."""
    plain = found.cost(Kind.INPUT, Span.of(entering))
    on_top = caching.write - 1
    return Cost(plain.low * on_top, plain.amount * on_top, plain.high * on_top, plain.currency)


def _cached_words(caching: Caching, hits: int) -> Words:
    if caching.whole:
        how = Words(
            "整段重复的前一个请求才算", "an earlier request counts where it is repeated whole"
        )
    else:
        how = Words(
            f"从 {caching.least:,} 个词元起，每 {caching.step} 个一档",
            f"from {caching.least:,} tokens on, in steps of {caching.step}",
        )
    keys = ", ".join(source.key for source in caching.sources)
    return Words(
        f"服务方的提示缓存，最多 {hits:,} 个词元命中（{how.zh}；来源 {keys}）；实际可能更少",
        f"the service's prompt cache, at most {hits:,} tokens from it ({how.en}; sources {keys}); it may "
        "give fewer",
    )


def _missing(zh: str, en: str, price: UnknownPrice) -> Words:
    return Words(f"{zh}不知道：{price.reason.zh}", f"its {en} is unknown: {price.reason.en}")
