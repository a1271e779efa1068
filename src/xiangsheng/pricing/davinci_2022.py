"""What a local study would have cost on GPT-3 davinci in 2022: an estimate, said to be one.

Prices: OpenAI's price page as copied on 2022-07-03, and the work log of 2022-02-26; a base model
cost the same for prompt and completion tokens, and so did a fine-tuned one.
"""

from decimal import Decimal

from xiangsheng.core.generation import Usage
from xiangsheng.core.money import Money, Price
from xiangsheng.core.results import SpendingLine
from xiangsheng.core.words import Words

BASE = Price(Decimal(60), Decimal(60))
TUNED = Price(Decimal(120), Decimal(120))
TRAINING = Decimal(30)

TOKENS_PER_CHARACTER = Decimal("1.88")
"""GPT-3's tokenizer (r50k) on labelled Chinese crosstalk: the 950 next-line prompts of the C³ test
set hold 202,666 characters, labels and line ends included, and 380,111 tokens."""

_ASSUMPTION = Words(
    "估计：每字符 1.88 个 GPT-3 词元（在带标签的中文相声上量得）；davinci 2022 年 2 月至 8 月的价格，"
    "每千词元 {price} USD",
    "estimate: 1.88 GPT-3 tokens a character (measured on labelled Chinese crosstalk); "
    "davinci at its price of 2022-02 to 2022-08, {price} USD per 1,000 tokens",
)
_EPOCHS = Words("；{epochs} 轮", "; {epochs} epochs")


def generation(what: Words, characters: Usage, *, tuned: bool) -> SpendingLine:
    """`characters` counts characters, in and out."""
    price = TUNED if tuned else BASE
    tokens = Usage(_tokens(characters.prompt_tokens), _tokens(characters.completion_tokens))
    return SpendingLine(what, price.cost(tokens), _assumption(price.input))


def training(what: Words, characters: int, epochs: int) -> SpendingLine:
    """Every character of every example, once an epoch."""
    amount = TRAINING * _tokens(characters) * epochs / 1_000_000
    said, more = _assumption(TRAINING), _EPOCHS.fill(epochs=epochs)
    return SpendingLine(what, Money(amount), Words(said.zh + more.zh, said.en + more.en))


def _assumption(per_million: Decimal) -> Words:
    return _ASSUMPTION.fill(price=f"{per_million / 1000:.2f}")


def _tokens(characters: int) -> int:
    return int(characters * TOKENS_PER_CHARACTER)
