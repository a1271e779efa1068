"""What an answer of a service has cost, by the price book."""

from xiangsheng.backends.hosted.service import OPENAI
from xiangsheng.core.estimate import Cost, Span
from xiangsheng.core.generation import Usage
from xiangsheng.core.price import Kind, UnknownPrice
from xiangsheng.core.words import Words
from xiangsheng.pricing.moments import When
from xiangsheng.pricing.price_book import Book
from xiangsheng.pricing.quotes import quotes


def cost_of(usage: Usage, service: str, model: str, book: Book, when: When) -> Cost | Words:
    """Or why nobody knows it. What the service's own cache has saved is not taken off."""
    if service != OPENAI:
        return Words(f"价目里没有 {service}", f"the price book has nothing of {service}")
    found = quotes(book, f"{OPENAI}:{model}", [Kind.INPUT, Kind.OUTPUT], when)
    if isinstance(found, UnknownPrice):
        return found.reason
    read = found.cost(Kind.INPUT, Span.of(usage.prompt_tokens))
    return read + found.cost(Kind.OUTPUT, Span.of(usage.completion_tokens))
