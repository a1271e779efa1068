"""What training on checked rows would cost: four epochs, as in 2022, of the model that was named."""

from collections.abc import Collection
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np

from xiangsheng.core.estimate import Estimate, Span
from xiangsheng.core.model import Hyperparameters
from xiangsheng.core.price import Kind, UnknownPrice
from xiangsheng.core.words import Words
from xiangsheng.pricing.counted import CountedExamples
from xiangsheng.pricing.estimating import Asking
from xiangsheng.pricing.quotes import quotes
from xiangsheng.verbs.estimate_train import train_estimate

if TYPE_CHECKING:
    from xiangsheng.prepare.checking.token_counts import TokenCounts

EPOCHS = Hyperparameters().epochs


def bill(
    asking: Asking, tokens: "TokenCounts", without: Collection[int]
) -> Estimate | UnknownPrice:
    """Of the rows whose places are not in `without`; what fixes add to a row is not counted.

    A model that is sold no more is priced on the last day on which it was.
    """
    prompts, completions = tokens.sizes
    kept = np.ones(len(prompts), dtype=bool)
    kept[list(without)] = False
    prompt, completion = (int(part[kept].sum(dtype=np.int64)) for part in (prompts, completions))
    longest = int((prompts + completions)[kept].max(initial=0))
    error = tokens.counter.error
    counted = CountedExamples(
        int(kept.sum()), Span.of(prompt, error), Span.of(completion, error), None, longest
    )
    return train_estimate(sold(asking), tokens.counter, counted, None, EPOCHS)


def sold(asking: Asking) -> Asking:
    """The same, on the last day on which the model's training had a price if it has none now."""
    found = quotes(asking.book, asking.model, [Kind.TRAIN], asking.when, asking.currency)
    if isinstance(found, UnknownPrice):
        ends = [price.term.last for price in found.nearest if price.term.last]
        if ends:
            return replace(asking, when=(max(ends) - timedelta(days=1)).date())
    return asking


def both_prices(asking: Asking, now: int, once: int) -> Words | None:
    """Of two numbers of training tokens; None where there is no price, or nothing to pay."""
    then = sold(asking)
    found = quotes(then.book, then.model, [Kind.TRAIN], then.when, then.currency)
    if isinstance(found, UnknownPrice):
        return None
    costs = [found.cost(Kind.TRAIN, Span.of(count).times(EPOCHS)) for count in (now, once)]
    if not costs[0].amount:
        return None
    name, (dear, cheap) = asking.name, (f"{cost.amount:,.2f} {cost.currency}" for cost in costs)
    return Words(
        f"{name} 训练 {EPOCHS} 轮：{cheap}，现在是 {dear}",
        f"{EPOCHS} epochs of {name}: {cheap} instead of {dear}",
    )
