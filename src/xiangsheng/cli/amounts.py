"""Amounts of money as text: two decimals, and more where it is next to nothing."""

from decimal import ROUND_HALF_UP, Decimal

from xiangsheng.core.estimate import Cost


def plain_amount(value: Decimal) -> str:
    """120.00, 0.0213, 0.0000567: two decimals, below 1 four, and three digits at the least."""
    places = 2 if value >= 1 or not value else max(4, 2 - value.adjusted())
    text = f"{value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP):f}"
    whole, _, part = text.partition(".")
    return f"{whole}.{part.rstrip('0').ljust(2, '0')}"


def grouped(value: Decimal) -> str:
    """The same with commas: 14,414.10."""
    whole, _, part = plain_amount(value).partition(".")
    return f"{int(whole):,}.{part}"


def told(cost: Cost) -> str:
    """The likely amount, and the range where there is one."""
    amount = f"{grouped(cost.amount)} {cost.currency}"
    if cost.low == cost.high:
        return amount
    return f"{amount} ({grouped(cost.low)} – {grouped(cost.high)})"
