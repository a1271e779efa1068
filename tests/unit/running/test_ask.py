from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from xiangsheng.core.clock import SYSTEM_CLOCK
from xiangsheng.core.events import Event, Progress
from xiangsheng.core.generation import (
    Completion,
    Failure,
    Finish,
    Outcome,
    OutcomeKind,
    Prompt,
    Request,
    Sampling,
)
from xiangsheng.core.money import LOCAL, Price
from xiangsheng.core.rendering import Rendering
from xiangsheng.core.run import Run, RunSpec, RunState
from xiangsheng.running.ask import GROUP, Asking, _Desk, ask
from xiangsheng.running.keys import request_key
from xiangsheng.store.workspace import Workspace, open_workspace

REQUESTS = tuple(Request(f"item/{i}", Prompt(f"0:{i}\n1:"), Sampling()) for i in range(100))


@dataclass
class Parrot:
    """Answers with the prompt; remembers what it was asked; may fail or stop on the way."""

    name: str = "parrot"
    digest: str = "d"
    price: Price = LOCAL
    asked: list[str] = field(default_factory=list)
    failing: frozenset[str] = frozenset()
    die_at: int | None = None

    def generate(
        self, requests: Iterable[Request], cancelled: Callable[[], bool]
    ) -> Iterator[Outcome]:
        source = iter(requests)
        while not cancelled():
            request = next(source, None)
            if request is None:
                return
            self.asked.append(request.item)
            if len(self.asked) == self.die_at:
                raise KeyboardInterrupt
            if request.item in self.failing:
                yield Outcome(
                    request.item, self.name, failure=Failure(OutcomeKind.ERROR, "no line")
                )
            else:
                yield Outcome(
                    request.item, self.name, (Completion(request.prompt.text, Finish.STOP),)
                )


@pytest.fixture
def workspace(tmp_path: Path, tables: dict[str, str]) -> Iterator[Workspace]:
    with open_workspace(tmp_path, tables) as opened:
        spec = RunSpec("exp1", "parrot", "d", "data", Rendering(), (), tune=False)
        for run_id in ("one", "two"):
            opened.runs.add(Run(run_id, spec, RunState.RUNNING, "2026-01-01T00:00:00Z"))
        yield opened


def asking(
    cancelled: Callable[[], bool] = lambda: False,
    on_event: Callable[[Event], None] = lambda _event: None,
    *,
    reuse: bool = False,
) -> Asking:
    return Asking("next-line", 0, SYSTEM_CLOCK, cancelled, on_event, reuse=reuse)


def test_all_are_asked_once_and_told_of(workspace: Workspace) -> None:
    told: list[Event] = []
    parrot = Parrot()
    outcomes = ask(parrot, REQUESTS, workspace.journal("one"), asking(on_event=told.append))
    assert [outcomes[r.item].text for r in REQUESTS] == [r.prompt.text for r in REQUESTS]
    assert parrot.asked == [r.item for r in REQUESTS]
    last = told[-1]
    assert isinstance(last, Progress)
    assert (last.done, last.total, last.outcomes) == (100, 100, {OutcomeKind.OK: 100})


def test_what_is_answered_is_not_asked_again(workspace: Workspace) -> None:
    ask(Parrot(), REQUESTS[:60], workspace.journal("one"), asking())
    again = Parrot()
    outcomes = ask(again, REQUESTS, workspace.journal("one"), asking())
    assert again.asked == [r.item for r in REQUESTS[60:]]
    assert len(outcomes) == 100


def test_an_error_is_asked_again_and_both_answers_stay(workspace: Workspace) -> None:
    journal = workspace.journal("one")
    ask(Parrot(failing=frozenset({"item/7"})), REQUESTS, journal, asking())
    again = Parrot()
    outcomes = ask(again, REQUESTS, journal, asking())
    assert again.asked == ["item/7"]
    assert outcomes["item/7"].kind is OutcomeKind.OK
    assert sorted(journal.attempts().values())[-2:] == [1, 2]


def test_a_stop_takes_no_further_request_and_withdraws_what_never_left(
    workspace: Workspace,
) -> None:
    journal, parrot = workspace.journal("one"), Parrot()
    outcomes = ask(parrot, REQUESTS, journal, asking(lambda: len(parrot.asked) == 5))
    assert len(outcomes) == 5
    assert len(journal.attempts()) == 5
    assert journal.unsettled() == 0


def test_what_was_answered_before_trouble_is_kept(workspace: Workspace) -> None:
    journal, parrot = workspace.journal("one"), Parrot()

    def listen(event: Event) -> None:
        if isinstance(event, Progress) and event.done == 5:
            raise BrokenPipeError

    with pytest.raises(BrokenPipeError):
        ask(parrot, REQUESTS, journal, asking(on_event=listen))
    assert len(journal.answered()) == 5
    assert journal.unsettled() == 0


def test_sudden_death_leaves_intents_that_count_as_spent(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal, parrot = workspace.journal("one"), Parrot(die_at=GROUP + 3)
    with monkeypatch.context() as patch:
        patch.setattr(_Desk, "close", lambda _self: None)  # nothing is tidied by who is dead
        with pytest.raises(KeyboardInterrupt):
            ask(parrot, REQUESTS, journal, asking())
    assert journal.unsettled() == GROUP  # the second group was written before it left
    assert len(journal.answered()) == GROUP
    again = Parrot()
    assert len(ask(again, REQUESTS, journal, asking())) == 100
    assert again.asked[0] == f"item/{GROUP}"


def test_another_runs_answers_are_used_only_when_asked_for(workspace: Workspace) -> None:
    ask(Parrot(), REQUESTS[:50], workspace.journal("one"), asking())
    frugal = Parrot()
    ask(frugal, REQUESTS, workspace.journal("two"), asking(reuse=True))
    assert frugal.asked == [r.item for r in REQUESTS[50:]]
    assert workspace.journal("two").unsettled() == 0


@pytest.mark.parametrize(
    ("change", "same"),
    [
        ({}, True),
        ({"prompt": Prompt("other")}, False),
        ({"sampling": Sampling(temperature=0.5)}, False),
        ({"item": "item/other"}, False),
        ({"stream": True}, True),
    ],
)
def test_a_key_changes_with_all_that_decides_the_answer(
    change: dict[str, object], *, same: bool
) -> None:
    one = REQUESTS[0]
    other = replace(one, **change)  # type: ignore[arg-type]
    keys = {request_key(r, model="m", model_digest="d", replicate=0) for r in (one, other)}
    assert (len(keys) == 1) is same
    assert request_key(one, model="m", model_digest="d", replicate=1) not in keys
    assert request_key(one, model="m", model_digest="e", replicate=0) not in keys
