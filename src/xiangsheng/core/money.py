"""Exact money: decimals with a currency, never floats."""

from dataclasses import dataclass
from decimal import Decimal

from xiangsheng.core.generation import Usage


@dataclass(frozen=True, slots=True)
class Money:
    """An exact amount; adding two currencies is an error, not a conversion."""

    amount: Decimal = Decimal(0)
    currency: str = "USD"

    def __add__(self, other: "Money") -> "Money":
        if other.currency != self.currency:
            raise ValueError(f"cannot add {other.currency} to {self.currency}")
        return Money(self.amount + other.amount, self.currency)

    def __str__(self) -> str:
        return f"{self.amount:.2f} {self.currency}"


@dataclass(frozen=True, slots=True)
class Price:
    """What a million tokens cost, in and out."""

    input: Decimal
    output: Decimal
    currency: str = "USD"

    def cost(self, usage: Usage) -> Money:
        """Exact, not rounded."""
        total = self.input * usage.prompt_tokens + self.output * usage.completion_tokens
        return Money(total / 1_000_000, self.currency)


LOCAL = Price(Decimal(0), Decimal(0))
"""Models that run on this machine cost nothing."""
