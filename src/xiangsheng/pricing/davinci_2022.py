"""What a local study would have cost on GPT-3 davinci in 2022: an estimate, said to be one.

The prices are the book's, of the day of the work log; a base model cost the same for prompt and
completion tokens, and so did a fine-tuned one.
"""

from datetime import date
from decimal import Decimal

from xiangsheng.core.generation import Usage
from xiangsheng.core.price import Kind, ListedPrice, Quote
from xiangsheng.core.results import SpendingLine
from xiangsheng.core.words import Words
from xiangsheng.pricing.price_book import open_book

MODEL = "openai:davinci"
DAY = date(2022, 2, 26)

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
    price = _price(Kind.INPUT, tuned=tuned)
    tokens = _tokens(characters.prompt_tokens) + _tokens(characters.completion_tokens)
    return SpendingLine(what, price.cost(tokens), _assumption(price))


def training(what: Words, characters: int, epochs: int) -> SpendingLine:
    """Every character of every example, once an epoch."""
    price = _price(Kind.TRAIN)
    amount = price.cost(_tokens(characters) * epochs)
    said, more = _assumption(price), _EPOCHS.fill(epochs=epochs)
    return SpendingLine(what, amount, Words(said.zh + more.zh, said.en + more.en))


def _price(kind: Kind, *, tuned: bool = False) -> ListedPrice:
    quote = open_book().find(MODEL, kind, DAY, tuned=tuned)
    assert isinstance(quote, Quote)  # which a test of the book holds it to
    return quote.low


def _assumption(price: ListedPrice) -> Words:
    return _ASSUMPTION.fill(price=f"{price.per_million / 1000:.2f}")


def _tokens(characters: int) -> int:
    return int(characters * TOKENS_PER_CHARACTER)
