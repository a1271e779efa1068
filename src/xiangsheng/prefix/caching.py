"""What a provider's prompt cache could save, by the sizes in which it keeps beginnings."""

from collections.abc import Iterable
from dataclasses import dataclass

from xiangsheng.prefix.growing import Added


@dataclass(frozen=True, slots=True)
class Granularity:
    """A shared beginning counts from `least` tokens on, and then in steps of `step`."""

    least: int
    step: int

    def hit(self, shared: int) -> int:
        """Tokens of a shared beginning that come from the cache."""
        if shared < self.least:
            return 0
        return shared - (shared - self.least) % self.step


def cached(requests: Iterable[Added], granularity: Granularity) -> int:
    """Tokens of all requests, in their order, that a cache which forgets nothing could give.

    It is the most that can be saved: a real cache forgets, and answers late requests in parallel.
    """
    return sum(granularity.hit(request.shared) for request in requests)
