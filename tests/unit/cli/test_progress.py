"""Progress: a plain line every tenth where nobody watches, a bar on a terminal."""

import io

from rich.console import Console

from xiangsheng.cli.progress import shown
from xiangsheng.core.events import Event, Note, Progress
from xiangsheng.core.generation import OutcomeKind

STEPS = [Progress("tuning", step, 40, detail=f"loss {9 - step / 10:.3f}") for step in range(41)]
ASKED = Progress("next-line · base", 3, 6, reused=2, outcomes={OutcomeKind.OK: 3})


def told(events: list[Event], *, terminal: bool) -> str:
    file = io.StringIO()
    console = Console(file=file, force_terminal=terminal, width=100, color_system=None)
    with shown(console) as on_event:
        for event in events:
            on_event(event)
    return file.getvalue()


def test_a_training_says_a_line_every_tenth_with_its_loss() -> None:
    lines = told(list(STEPS), terminal=False).splitlines()
    assert len(lines) == 11
    assert lines[0] == "tuning: 0/40 · loss 9.000"
    assert lines[-1] == "tuning: 40/40 · loss 5.000"


def test_what_has_no_detail_says_what_came_out_and_what_it_cost() -> None:
    assert told([ASKED], terminal=False) == ("next-line · base: 3/6 · reused 2 · ok 3 · 0.00 USD\n")


def test_notes_are_lines_of_their_own() -> None:
    assert told([Note("tuned: local:ada:ft-x")], terminal=False) == "tuned: local:ada:ft-x\n"


def test_on_a_terminal_every_stage_has_a_bar() -> None:
    text = told([*STEPS, ASKED, Note("a note")], terminal=True)
    for wanted in ("tuning", "40/40", "loss 5.000", "next-line · base", "3/6", "a note"):
        assert wanted in text
