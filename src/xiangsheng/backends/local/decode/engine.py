"""The engine: one thread owns the model; any thread may hand it requests, or take them back.

Between two steps of the network, rows that have ended leave and waiting ones join. What joins
together is read together, so that prompts with a shared beginning pay for it once.
"""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from threading import Lock, Thread

import numpy as np
import torch
from torch import Tensor

from xiangsheng.backends import sampling
from xiangsheng.backends.local.decode.batch import Batch
from xiangsheng.backends.local.decode.drawing import Matrix, drawn, log_probabilities
from xiangsheng.backends.local.decode.limits import Limits, first_shelf, later_shelves
from xiangsheng.backends.local.decode.reading import Trunk, read
from xiangsheng.backends.local.decode.stack import LONGER
from xiangsheng.backends.local.decode.strand import Strand
from xiangsheng.backends.local.decode.work import Work
from xiangsheng.backends.local.network import Network
from xiangsheng.backends.local.product import filled
from xiangsheng.core.generation import TokenLogprob
from xiangsheng.prefix.forest import Forest, in_common
from xiangsheng.tokens.ladder import LadderTokenizer

DRAWN_AT_ONCE = 128
"""Rows whose logits are looked at together."""
WORTH_SHARING = 16
"""Tokens of a shared beginning below which reading it twice is quicker."""


class Engine:
    """`submit` from any thread; replies are called on the engine's own thread."""

    def __init__(
        self,
        name: str,
        network: Network,
        tokenizer: LadderTokenizer,
        clock: Callable[[], float],
        limits: Limits,
    ) -> None:
        self.name, self.network, self.tokenizer = name, network, tokenizer
        self.limits = limits
        self._clock = clock
        self._inbox: list[Work] = []
        self._waiting: deque[tuple[Work, Strand | None]] = deque()
        self._batch = Batch(network)
        self._joining: list[tuple[Work, Strand | None]] = []
        self._running: list[tuple[Work, Strand]] = []
        self._next: list[int] = []
        self._thread: Thread | None = None
        self._withdrawn = False
        self._door = Lock()

    def submit(self, *works: Work) -> None:
        """What is handed over together is read together.

        The thread lives as long as there is something to do, so nobody has to end it.
        """
        with self._door:
            self._inbox += works
            if self._inbox and self._thread is None:
                self._thread = Thread(target=self._run, name=f"engine {self.name}")
                self._thread.start()

    def withdraw(self, works: Iterable[Work]) -> None:
        """Nobody listens to these any more: their rows leave before the next step."""
        with self._door:
            for work in works:
                if not work.answered:
                    work.dropped = self._withdrawn = True

    def _run(self) -> None:
        with torch.inference_mode():
            while self._receive():
                try:
                    self._admit()
                    if self._running:
                        self._step()
                except Exception as error:  # noqa: BLE001 whoever waits must hear of it
                    self._give_up(error)

    def _receive(self) -> bool:
        """Takes what was submitted; False, and no thread, when there is nothing left to do."""
        with self._door:
            for work in self._inbox:
                self._waiting.extend((work, strand) for strand in work.strands or (None,))
            self._inbox.clear()
            if self._withdrawn:  # or a long queue would remember who has long gone
                self._waiting = deque(one for one in self._waiting if not one[0].dropped)
                self._withdrawn = False
            if self._waiting or self._running:
                return True
            self._thread = None
            return False

    def _admit(self) -> None:
        """Lets waiting strands join: all of them where there is room, else many at once."""
        free = self.limits.rows - len(self._running)
        if not self._waiting or (len(self._waiting) > free and 2 * free < self.limits.rows):
            return
        if joining := self._fitting(free):
            self._joining = joining
            works = list(dict.fromkeys(work for work, _ in joining))
            forest = Forest.of([work.tokens for work in works], least=WORTH_SHARING)
            trunks = read(self.network, forest, _wanted(works, forest))
            trunk_of = {work: trunks[leaf] for work, leaf in zip(works, forest.leaf, strict=True)}
            self._echo(joining, trunk_of)
            self._begin([(w, s) for w, s in joining if s is not None], trunk_of)
            self._joining = []

    def _fitting(self, free: int) -> list[tuple[Work, Strand | None]]:
        """As many of those waiting, in order, as rows and the token budget allow."""
        left = self.limits.cells - self._held()
        joining: list[tuple[Work, Strand | None]] = []
        before: tuple[int, ...] = ()
        while self._waiting and len(joining) < free:
            work, strand = self._waiting[0]
            if work.dropped:
                self._waiting.popleft()
                continue
            shared = in_common(before, work.tokens)
            # A trunk is shared by prompts that begin one another; those that part have their own.
            new = len(work.tokens) - (shared if shared in (len(before), len(work.tokens)) else 0)
            cost = int(LONGER * new) + (self._own(strand) if strand else 0)
            if cost > left and (joining or self._running):
                break
            left, before = left - cost, work.tokens if new else before
            joining.append(self._waiting.popleft())
        return joining

    def _held(self) -> int:
        """Cells in use, and those that running rows may still come to need."""
        own = sum(self._own(strand) for _, strand in self._running)
        return self._batch.shared + own + first_shelf(self.limits.rows)

    def _own(self, strand: Strand) -> int:
        return later_shelves(strand.room, self.network.shape.context)

    def _echo(
        self, joining: Iterable[tuple[Work, Strand | None]], trunk_of: dict[Work, Trunk]
    ) -> None:
        for work, strand in joining:
            asked, text = work.request.sampling, work.request.prompt.text
            if asked.echo and asked.logprobs is not None and not work.echoed:
                states = trunk_of[work].states
                work.echoed = tuple(self._spelled(text, work.tokens, states, asked.logprobs))
            if strand is None:
                work.answer(self.name, self._clock())
            elif asked.echo:
                work.echo(strand)

    def _spelled(
        self, text: str, tokens: Sequence[int], states: Tensor, top: int
    ) -> Iterator[TokenLogprob]:
        """The tokens of a prompt's text under the model, each after all before it."""
        pieces = list[str]()
        for character in text:
            pieces += [""] * (self.tokenizer.count(character) - 1) + [character]
        for place in range(0, len(pieces), 512):
            some = pieces[place : place + 512]
            logits = self._logits(states[place : place + len(some)])
            for row, piece, token in zip(
                log_probabilities(logits), some, tokens[place + 1 :], strict=False
            ):
                yield TokenLogprob(piece, float(row[token]), self._top(row, top))

    def _begin(self, joining: Sequence[tuple[Work, Strand]], trunk_of: dict[Work, Trunk]) -> None:
        if not joining:
            return
        ends = [trunk_of[work].states[len(work.tokens) - 1] for work, _ in joining]
        tokens = self._draw(torch.stack(ends), joining)
        going = [place for place, (_, strand) in enumerate(joining) if strand.finish is None]
        self._running += (joining[place] for place in going)
        self._next += (tokens[place] for place in going)
        works = (joining[place][0] for place in going)
        self._batch.join([(trunk_of[work], len(work.tokens)) for work in works])

    def _step(self) -> None:
        self._next = self._draw(self._batch.step(self._next), self._running)
        for slot in range(len(self._running) - 1, -1, -1):
            work, strand = self._running[slot]
            if work.dropped or strand.finish is not None:
                self._batch.leave(slot)
                # As in the batch: the last row moves into the slot.
                self._running[slot], self._next[slot] = self._running[-1], self._next[-1]
                self._running.pop()
                self._next.pop()

    def _draw(self, states: Tensor, rows: Sequence[tuple[Work, Strand]]) -> list[int]:
        """Draws for every row, so many at a time that their logits stay near the processor."""
        tokens: list[int] = []
        for at in range(0, len(rows), DRAWN_AT_ONCE):
            upto = at + DRAWN_AT_ONCE
            tokens += self._drawn(self._logits(states[at:upto]), rows[at:upto])
        return tokens

    def _drawn(self, matrix: Matrix, rows: Sequence[tuple[Work, Strand]]) -> list[int]:
        """Draws, hands the tokens on, and answers works that are finished."""
        strands = [strand for _, strand in rows]
        asking = [place for place, strand in enumerate(strands) if strand.wants_logprob]
        own = dict(zip(asking, log_probabilities(matrix[asking]), strict=True)) if asking else {}
        tokens = drawn(matrix, strands)
        for place, ((work, strand), token) in enumerate(zip(rows, tokens, strict=True)):
            if place in own:
                top = self._top(own[place], strand.asked.logprobs or 0)
                text = strand.push(token, float(own[place][token]), top)
            else:
                text = strand.push(token)
            work.say(strand, text)
            if strand.finish is not None and work.finished:
                work.answer(self.name, self._clock())
        return tokens

    def _logits(self, states: Tensor) -> Matrix:
        logits = self.network.logits(filled(states))[: len(states)]
        matrix: Matrix = logits.double().numpy()
        return matrix

    def _top(self, row: np.ndarray, count: int) -> tuple[tuple[str, float], ...]:
        return tuple(
            (self.tokenizer.token(token), float(row[token]))
            for token in sampling.most_likely(row, count)
        )

    def _give_up(self, error: Exception) -> None:
        """Everything under way fails, and the engine goes on with what comes next."""
        lost = dict.fromkeys(work for work, _ in (*self._running, *self._joining, *self._waiting))
        self._running, self._joining, self._next = [], [], []
        self._waiting.clear()
        self._batch = Batch(self.network)
        for work in lost:
            with suppress(Exception):  # the next ones must hear of it all the same
                work.fail(self.name, f"the model could not go on: {error}", "engine")


def _wanted(works: Sequence[Work], forest: Forest) -> dict[int, set[int]]:
    """The end of every prompt, whose next token is drawn; all of one whose log-probabilities are
    told.
    """
    wanted: dict[int, set[int]] = {}
    for place, work in enumerate(works):
        asked, leaf = work.request.sampling, forest.leaf[place]
        told = asked.echo and asked.logprobs is not None
        for node in forest.path(place) if told else (leaf,):
            start, size = forest.nodes[node].start, len(forest.nodes[node].tokens)
            upto = min(size, len(work.tokens) - start)
            wanted.setdefault(node, set()).update(range(upto) if told else (upto - 1,))
    return wanted
