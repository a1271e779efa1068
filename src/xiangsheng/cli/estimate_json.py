"""Estimates as JSON; amounts are decimal strings."""

from typing import Any

from xiangsheng.cli.amounts import plain_amount
from xiangsheng.core.estimate import Cost, Estimate, Estimated, Tokens, Unpriced
from xiangsheng.pricing.estimating import TRAINING


def document(found: Estimated, on: str) -> dict[str, Any]:
    """The estimate; of a run its `tasks`, and `training` where it tunes; `compare` for others."""
    compared = [_compared(other) for other in found.compared]
    return {"on": on, **estimate(found.estimate), "compare": compared}


def estimate(told: Estimate) -> dict[str, Any]:
    tasks = {name: estimate(part) for name, part in told.parts.items() if name != TRAINING}
    systems = set(tasks) and set(tasks) <= {"base", "tuned"}
    table: dict[str, Any] = {
        "model": told.model,
        "items": told.items,
        "tokens": _tokens(told.tokens),
        "cost": {
            **_cost(told.cost),
            "prompt": plain_amount(told.prompt_cost),
            "completion": plain_amount(told.completion_cost),
        },
        "assumptions": [said.en for said in told.assumptions],
        "ways": [
            {
                "name": way.name,
                "cost": _cost(way.cost) if way.cost else None,
                "times_less": way.times_less(told.cost),
                "note": way.why.en,
            }
            for way in told.ways
        ],
        "seconds": told.seconds,
    }
    if tasks:
        table["systems" if systems else "tasks"] = tasks
    if TRAINING in told.parts:
        table[TRAINING] = estimate(told.parts[TRAINING])
    return table


def _tokens(tokens: Tokens) -> dict[str, Any]:
    """Likely counts, and their ranges where they are not known."""
    return {
        "prompt": tokens.prompt.likely,
        "completion": tokens.completion.likely,
        "distinct": tokens.distinct,
        "prompt_range": [tokens.prompt.low, tokens.prompt.high],
        "completion_range": [tokens.completion.low, tokens.completion.high],
    }


def _cost(cost: Cost) -> dict[str, Any]:
    return {
        "amount": plain_amount(cost.amount),
        "currency": cost.currency,
        "low": plain_amount(cost.low),
        "high": plain_amount(cost.high),
    }


def _compared(other: Estimate | Unpriced) -> dict[str, Any]:
    if isinstance(other, Unpriced):
        return {"model": other.model, "cost": None, "reason": other.reason.en}
    return estimate(other)
