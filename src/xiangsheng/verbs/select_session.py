"""Choosing script by script: what is shown next, and what an answer to it writes down."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from xiangsheng.core.clock import Clock
from xiangsheng.core.script import Script
from xiangsheng.core.words import Words
from xiangsheng.corpus.choosing import Accept, Action, Back, Candidate, Quit, Step, taken
from xiangsheng.corpus.decisions import By, Decision, Record, Verdict, record_line
from xiangsheng.corpus.proposals import Proposal, has_window, proposals, shuffled
from xiangsheng.corpus.selection import Progress
from xiangsheng.corpus.training_lines import TrainingLines
from xiangsheng.corpus.window_rules import Fault, faults, same_speaker_steps
from xiangsheng.corpus.windows import text_digest
from xiangsheng.files.log import Log


@dataclass(frozen=True, slots=True)
class Pool:
    """What there is to choose from, in scripts. Of those without a window some are `too_short`,
    some would have one but for lines `in_training`, and the others break another rule.
    """

    scripts: int
    with_window: int
    too_short: int
    in_training: int


@dataclass(frozen=True, slots=True)
class View:
    """What a person is to decide on; nothing is left to propose where `candidate` is None.

    `rank` is the window's place among the `ranked` of its script, from 1, 0 where it is none of
    them. `problem` says why the last answer could not be taken.
    """

    candidate: Candidate | None
    faults: tuple[Fault, ...]
    proposal: Proposal | None
    rank: int
    ranked: int
    accepted: int
    wanted: int
    skipped: int
    left: int
    pool: Pool
    problem: Words | None = None


Ask = Callable[[View], Action]


@dataclass(frozen=True, slots=True)
class Recorder:
    """Puts records on the disk, each with its time."""

    log: Log
    clock: Clock

    def write(self, record: Record) -> None:
        self.log.append(record_line(replace(record, at=self.clock.stamp())))


@dataclass(slots=True)
class Session:
    """`order`: the ids of the scripts that have a window, those whose speakers take turns first."""

    recorder: Recorder
    scripts: Mapping[str, Script]
    training: TrainingLines
    wanted: int
    progress: Progress
    proposed: Mapping[str, tuple[Proposal, ...]] = field(default_factory=dict)
    order: tuple[str, ...] = ()
    pool: Pool = Pool(0, 0, 0, 0)

    def propose(self, lines: int, seed: int) -> None:
        """Finds the windows of all scripts and settles the order."""
        every = {id_: proposals(s, lines, self.training) for id_, s in self.scripts.items()}
        self.proposed = {id_: found for id_, found in every.items() if found}
        none = [self.scripts[id_] for id_, found in every.items() if not found]
        long = [script for script in none if len(script.lines) >= lines]
        held = sum(has_window(script, lines, TrainingLines()) for script in long)
        self.pool = Pool(len(every), len(self.proposed), len(none) - len(long), held)
        self.order = tuple(sorted(shuffled(self.proposed, seed), key=self._goes_on))

    def _goes_on(self, id_: str) -> bool:
        return same_speaker_steps(self._fresh(id_).part.lines) > 0

    @property
    def enough(self) -> bool:
        return len(self.progress.accepted) >= self.wanted

    @property
    def left(self) -> int:
        """Scripts that are not settled."""
        return len(self.untouched) + len(self.progress.opened)

    @property
    def untouched(self) -> tuple[str, ...]:
        """Scripts nobody has decided anything on, in the order of asking."""
        return tuple(id_ for id_ in self.order if id_ not in self.progress.newest)

    def ask_person(self, ask: Ask) -> None:
        """Until there are enough, or the person quits."""
        problem = None
        while not self.enough:
            candidate = self._next()
            action = ask(self._view(candidate, problem))
            if isinstance(action, Quit):
                return
            problem = self._go_back() if isinstance(action, Back) else self._take(candidate, action)

    def take_best(self) -> None:
        """The best window of each script that nobody has touched, until there are enough."""
        for id_ in self.untouched:
            if self.enough:
                return
            candidate = self._fresh(id_)
            step = taken(candidate, Accept(), self.training)
            if isinstance(step, Words):
                step = Step(Verdict.SKIP, candidate, step.en)
            self._decide(step, By.RANK)

    def reopen_what_training_holds(self) -> tuple[Decision, ...]:
        """Accepted windows with lines that the training source holds by now; they are open again."""
        found = []
        for decision in self.progress.accepted:
            candidate = self._as_decided(decision)
            broken = [one for one in self._faults(candidate) if one.forbids]
            if broken:
                found.append(decision)
                self._decide(Step(Verdict.BACK, candidate, broken[0].words.en), By.RULE)
        return tuple(found)

    def _next(self) -> Candidate | None:
        if opened := self.progress.opened:
            return self._as_decided(opened[0])
        return self._fresh(self.untouched[0]) if self.untouched else None

    def _take(self, candidate: Candidate | None, action: Action) -> Words | None:
        if candidate is None or isinstance(action, Back | Quit):
            return Words("没有可选的了", "nothing is left to choose from")
        step = taken(candidate, action, self.training)
        if isinstance(step, Words):
            return step
        self._decide(step, By.PERSON)
        return None

    def _go_back(self) -> Words | None:
        if not self.progress.settled:
            return Words("前面没有了", "there is nothing to go back to")
        last = self.progress.newest[self.progress.settled[-1]]
        self._decide(Step(Verdict.BACK, self._as_decided(last)), By.PERSON)
        return None

    def _decide(self, step: Step, by: By) -> None:
        candidate = step.candidate
        decision = Decision(
            script=candidate.script.id,
            digest=text_digest(candidate.script),
            window=candidate.window,
            decision=step.verdict,
            by=by,
            edits=candidate.edits,
            reason=step.reason,
        )
        self.recorder.write(decision)
        self.progress = self.progress.after(decision)

    def _fresh(self, id_: str) -> Candidate:
        return Candidate(self.scripts[id_], self.proposed[id_][0].window)

    def _as_decided(self, decision: Decision) -> Candidate:
        return Candidate(self.scripts[decision.script], decision.window, decision.edits)

    def _faults(self, candidate: Candidate) -> tuple[Fault, ...]:
        return faults(candidate.part, self.training, candidate.window.first)

    def _view(self, candidate: Candidate | None, problem: Words | None) -> View:
        ranked = self.proposed.get(candidate.script.id, ()) if candidate else ()
        window = candidate.window if candidate else None
        places = [place for place, one in enumerate(ranked, 1) if one.window == window]
        return View(
            candidate=candidate,
            faults=self._faults(candidate) if candidate else (),
            proposal=ranked[places[0] - 1] if places else None,
            rank=places[0] if places else 0,
            ranked=len(ranked),
            accepted=len(self.progress.accepted),
            wanted=self.wanted,
            skipped=len(self.progress.skipped),
            left=self.left,
            pool=self.pool,
            problem=problem,
        )
