"""Stop sequences while text is being generated: none is ever shown, not even in part."""

from collections.abc import Iterable


class Stopper:
    """Takes characters one at a time; releases those that can no longer begin a stop sequence.

    The first sequence to be completed stops; of several completed by the same character,
    the longest is cut off.
    """

    def __init__(self, stops: Iterable[str]) -> None:
        self._stops = sorted(stops, key=len, reverse=True)
        self._held = ""

    def push(self, character: str) -> tuple[str, bool]:
        """The text released by `character`, and whether a stop sequence is now complete."""
        if not self._stops:
            return character, False
        held = self._held + character
        for stop in self._stops:
            if held.endswith(stop):
                self._held = ""
                return held[: -len(stop)], True
        keep = self._possible(held)
        self._held = held[len(held) - keep :]
        return held[: len(held) - keep], False

    def finish(self) -> str:
        """What was held back, once generation has ended without a stop sequence."""
        held, self._held = self._held, ""
        return held

    def _possible(self, held: str) -> int:
        """Length of the longest end of `held` that begins a stop sequence."""
        for size in range(min(len(held), len(self._stops[0]) - 1), 0, -1):
            if any(stop.startswith(held[-size:]) for stop in self._stops):
                return size
        return 0
