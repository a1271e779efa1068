from decimal import Decimal

from xiangsheng.core.generation import Usage
from xiangsheng.core.money import Money
from xiangsheng.core.words import Words
from xiangsheng.pricing import davinci_2022

X = Words("甲", "x")


def test_a_thousand_characters_in_and_out_cost_the_published_price_a_token() -> None:
    line = davinci_2022.generation(X, Usage(1_000_000, 0), tuned=False)
    assert line.amount == Money(Decimal("112.8"))  # 1,880,000 tokens at 0.06 USD per 1,000
    tuned = davinci_2022.generation(X, Usage(0, 1_000_000), tuned=True)
    assert tuned.amount == Money(Decimal("225.6"))


def test_training_counts_every_epoch_and_says_what_it_assumes() -> None:
    line = davinci_2022.training(X, 1_000_000, 4)
    assert line.amount == Money(Decimal("225.60"))
    assert line.assumption
    assert "1.88" in line.assumption.en
    assert "4 epochs" in line.assumption.en


def test_the_prompts_of_the_2022_run_come_out_at_what_they_cost() -> None:
    line = davinci_2022.generation(X, Usage(202_666, 0), tuned=False)
    assert abs(line.amount.amount - Decimal("22.81")) < Decimal("0.06")
