from decimal import Decimal

from xiangsheng.core.generation import Usage
from xiangsheng.core.money import Money
from xiangsheng.pricing import davinci_2022


def test_a_thousand_characters_in_and_out_cost_the_published_price_a_token() -> None:
    line = davinci_2022.generation("x", Usage(1_000_000, 0), tuned=False)
    assert line.amount == Money(Decimal("125.4"))  # 2,090,000 tokens at 0.06 USD per 1,000
    tuned = davinci_2022.generation("x", Usage(0, 1_000_000), tuned=True)
    assert tuned.amount == Money(Decimal("250.8"))


def test_training_counts_every_epoch_and_says_what_it_assumes() -> None:
    line = davinci_2022.training("x", 1_000_000, 4)
    assert line.amount == Money(Decimal("250.80"))
    assert "2.09" in line.assumption
    assert "4 epochs" in line.assumption
