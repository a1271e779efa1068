"""What a provider's prompt cache could save, by the sizes in which it keeps beginnings."""

from collections.abc import Iterable
from dataclasses import dataclass

from xiangsheng.prefix.growing import Added


@dataclass(frozen=True, slots=True)
class Granularity:
    """A shared beginning is found from `least` tokens on, and behind them in steps of `step`."""

    least: int
    step: int

    def hit(self, shared: int) -> int:
        """How many tokens of a shared beginning come from the cache."""
        if shared < self.least:
            return 0
        return shared - (shared - self.least) % self.step


def cached(requests: Iterable[Added], granularity: Granularity) -> int:
    """Tokens that a cache which forgets nothing gives, of requests answered one after the other.

    It is the most that can be saved: real caches forget, and what is asked at once shares nothing.
    """
    return sum(granularity.hit(request.shared) for request in requests)
