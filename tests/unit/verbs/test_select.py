"""Choosing a test set: going on, finishing, refusing."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from shutil import rmtree
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dialogues import corpus, dialogue, line
from xiangsheng.core.clock import Clock
from xiangsheng.core.errors import DataError, InterruptedRunError, UsageError
from xiangsheng.core.events import Event, Note
from xiangsheng.core.script import Line, Script
from xiangsheng.corpus.choosing import Accept, Action, Back, Quit, Rewrite, Shift, Skip
from xiangsheng.corpus.reading import ReadingOptions, read
from xiangsheng.corpus.windows import Window
from xiangsheng.corpus.writing import write_scripts
from xiangsheng.verbs.select import Wishes, select
from xiangsheng.verbs.select_session import Pool, View
from xiangsheng.verbs.selected import Selected

CLOCK = Clock(lambda: datetime(2022, 6, 1, 12, tzinfo=UTC), lambda: 0.0)


@dataclass
class Person:
    """Gives the actions in turn and then presses Ctrl-C; remembers what was shown."""

    actions: list[Action]
    views: list[View] = field(default_factory=list)

    def __call__(self, view: View) -> Action:
        self.views.append(view)
        if not self.actions:
            raise KeyboardInterrupt
        return self.actions.pop(0)

    def script(self, number: int) -> Script:
        """The script of a view."""
        candidate = self.views[number].candidate
        assert candidate
        return candidate.script


@dataclass
class Place:
    """A source of six dialogues, and the folder to make of it."""

    root: Path
    notes: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.source = self.root / "source"
        if not self.source.exists():
            corpus(self.source)

    def wishes(self, **changes: Any) -> Wishes:
        return replace(Wishes(self.source, self.root / "test", scripts=3), **changes)

    def heard(self, event: Event) -> None:
        assert isinstance(event, Note)
        self.notes.append(event.message)

    def select(self, person: Person | None, **changes: Any) -> Selected:
        return select(self.wishes(**changes), person, self.heard, CLOCK)

    def stopped(self, actions: Sequence[Action], **changes: Any) -> Person:
        person = Person(list(actions))
        with pytest.raises(InterruptedRunError):
            self.select(person, **changes)
        return person

    @property
    def log(self) -> Path:
        return self.root / "test.decisions.jsonl"

    def rows(self) -> list[dict[str, Any]]:
        return [json.loads(row) for row in self.log.read_text(encoding="utf-8").splitlines()]


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


def test_a_set_is_written_when_enough_are_accepted(place: Place) -> None:
    person = Person(
        [Accept(), Skip("太俗"), Shift(2), Accept(), Rewrite({3: "新的一行。"}), Accept()]
    )
    done = place.select(person)
    assert done.complete
    assert (done.accepted, done.skipped, done.edited_lines, done.by_rank) == (3, 1, 1, 0)
    assert done.reasons == {"太俗": 1}
    first, shifted, edited = (person.script(number) for number in (0, 2, 4))
    made = {script.id: script for script in read(place.root / "test").scripts}
    assert made == {
        first.id: replace(first, lines=first.lines[:20]),
        shifted.id: replace(shifted, lines=shifted.lines[2:22]),
        edited.id: replace(
            edited, lines=(*edited.lines[:2], Line("0", "新的一行。"), *edited.lines[3:20])
        ),
    }
    assert tuple(made) == done.scripts


def test_every_decision_is_a_line_with_its_time(place: Place) -> None:
    place.select(Person([Shift(1), Accept(), Skip("太俗"), Accept(), Accept()]))
    kinds = [(row["kind"], row.get("decision", "")) for row in place.rows()]
    assert kinds == [
        ("selection", ""),
        ("decision", "shift"),
        ("decision", "accept"),
        ("decision", "skip"),
        ("decision", "accept"),
        ("decision", "accept"),
        ("complete", ""),
    ]
    assert {row["at"] for row in place.rows()} == {"2022-06-01T12:00:00Z"}


def test_views_count_what_is_done(place: Place) -> None:
    person = place.stopped([Accept(), Skip("太俗"), Shift(100)])
    counts = [(view.accepted, view.skipped, view.left) for view in person.views]
    assert counts == [(0, 0, 6), (1, 0, 5), (1, 1, 4), (1, 1, 4)]
    assert [bool(view.problem) for view in person.views] == [False, False, False, True]
    assert person.views[0].pool == Pool(scripts=6, with_window=6, too_short=0, in_training=0)
    assert (person.views[0].rank, person.views[0].ranked) == (1, 21)


def test_back_opens_the_script_before_as_it_was_left(place: Place) -> None:
    person = place.stopped([Shift(2), Accept(), Accept(), Back(), Back(), Back(), Skip("太俗")])
    shown = [view.candidate for view in person.views]
    assert shown[4] == shown[2]  # the second script again
    assert shown[5] == shown[1]  # the first, shifted as it was
    assert person.views[6].problem  # and none before it
    assert shown[7] == shown[2]  # from where it goes forward again


def test_when_no_script_is_left_one_can_still_go_back(place: Place) -> None:
    person = Person([*[Skip("太俗")] * 6, Accept(), Back(), Accept(), Quit()])
    done = place.select(person)
    assert person.views[6].candidate is None
    assert person.views[7].problem
    assert (done.accepted, done.skipped, done.left, done.complete) == (1, 5, 0, False)
    assert not (place.root / "test").exists()


ACTIONS = st.one_of(
    st.just(Accept()),
    st.just(Accept()),
    st.just(Back()),
    st.builds(Skip, st.sampled_from(["太俗", "太长", ""])),
    st.builds(Shift, st.integers(-3, 5)),
    st.builds(
        lambda number, text: Rewrite({number: text}),
        st.integers(1, 24),
        st.sampled_from(["新的一行。", "又一行。", ""]),
    ),
)


@settings(max_examples=60)
@given(st.lists(ACTIONS, max_size=14), st.integers(0, 14), st.integers(0, 200))
def test_stopping_anywhere_changes_nothing(actions: list[Action], stop: int, torn: int) -> None:
    """Ctrl-C, or a machine that went off in the middle of writing a line."""
    with TemporaryDirectory() as one, TemporaryDirectory() as other:
        whole, stopped = Place(Path(one)), Place(Path(other))
        straight, before, after = (Person(some) for some in (actions[:], actions[:stop], actions[stop:]))  # fmt: skip
        finished = _run(whole, straight)
        if not _run(stopped, before):
            log = stopped.log.read_bytes()
            stopped.log.write_bytes(log + log.splitlines()[-1][:torn] if torn > 1 else log)
            assert _run(stopped, after) == finished
            assert _seen(straight) == _seen(before)[:-1] + _seen(after)
        assert _told(whole) == _told(stopped)


def _run(place: Place, person: Person) -> bool:
    try:
        return place.select(person).complete
    except InterruptedRunError:
        return False


def _seen(person: Person) -> list[object]:
    return [(view.candidate and view.candidate.window, view.accepted) for view in person.views]


def _told(place: Place) -> tuple[object, ...]:
    files = sorted((place.root / "test").glob("*"))
    rows = [row for row in place.rows() if row["kind"] != "selection"]
    return rows, [(file.name, file.read_bytes()) for file in files]


def test_killed_before_the_folder_was_there_it_is_written_at_the_next_start(place: Place) -> None:
    place.select(Person([Accept(), Accept(), Accept()]))
    made = {file.name: file.read_bytes() for file in (place.root / "test").iterdir()}
    rmtree(place.root / "test")
    assert place.select(Person([])).complete
    assert {file.name: file.read_bytes() for file in (place.root / "test").iterdir()} == made


def test_decisions_do_not_lie_where_the_set_will(place: Place) -> None:
    for log in (place.root / "test", place.root / "test" / "log", place.root / "x" / ".." / "test"):
        with pytest.raises(UsageError, match="cannot lie in the folder"):
            place.select(Person([]), decisions=log)
    assert [path.name for path in place.root.iterdir()] == ["source"]


def test_a_line_that_was_not_finished_is_said_and_dropped(place: Place) -> None:
    place.stopped([Accept()])
    before = place.log.read_bytes()
    place.log.write_bytes(before + b'{"kind": "decision", "script": "' + "相".encode()[:1])
    place.stopped([])
    assert place.log.read_bytes() == before
    assert "was not finished" in place.notes[0]


def test_a_last_line_without_its_line_feed_counts(place: Place) -> None:
    place.stopped([Accept()])
    place.log.write_bytes(place.log.read_bytes().rstrip())
    person = place.stopped([Accept()])
    assert [view.accepted for view in person.views] == [1, 2]
    assert len(place.rows()) == 3


def test_a_file_that_holds_no_decisions_is_left_as_it_is(place: Place) -> None:
    for content in ("我的笔记", "我的笔记\n", '{"kind": "note"}\n'):
        place.log.write_text(content, encoding="utf-8")
        with pytest.raises(DataError):
            place.select(Person([Accept()]))
        assert place.log.read_text(encoding="utf-8") == content


def test_an_existing_folder_is_refused_before_anything_is_asked(place: Place) -> None:
    (place.root / "test").mkdir()
    with pytest.raises(UsageError, match="exists already"):
        place.select(Person([]))
    assert not place.log.exists()


def test_the_decisions_remember_how_they_were_begun(place: Place) -> None:
    place.stopped([Accept()], lines=12, scripts=4, seed=7, against=place.source)
    person = place.stopped([], scripts=None)
    view = person.views[0]
    assert view.candidate
    assert (len(view.candidate.window), view.accepted, view.wanted) == (12, 1, 4)
    assert len(place.rows()) == 2
    with pytest.raises(UsageError, match="begun with --lines 12"):
        place.select(Person([]), lines=20)
    with pytest.raises(UsageError, match="other options of reading"):
        place.select(Person([]), reading=ReadingOptions(join_same_speaker=True))
    more = place.stopped([], scripts=5)
    assert more.views[0].wanted == 5
    assert place.rows()[-1]["against"] == str(place.source)


def test_fewer_than_are_accepted_cannot_be_had(place: Place) -> None:
    place.stopped([Accept(), Accept()])
    with pytest.raises(UsageError, match="at 2 accepted scripts already"):
        place.select(Person([]), scripts=1)
    assert place.select(Person([]), scripts=2).complete


def test_the_order_is_the_seeds(place: Place) -> None:
    orders = {
        seed: [row["script"] for row in _rows_of(place, seed) if row["kind"] == "decision"]
        for seed in (0, 1)
    }
    assert orders[0] != orders[1]
    assert all(len(set(ids)) == 6 for ids in orders.values())


def _rows_of(place: Place, seed: int) -> list[dict[str, Any]]:
    other = place.root / f"{seed}.jsonl"
    place.select(None, seed=seed, decisions=other, scripts=6, folder=place.root / f"set-{seed}")
    return [json.loads(row) for row in other.read_text(encoding="utf-8").splitlines()]


def test_yes_takes_the_best_and_says_so(place: Place) -> None:
    done = place.select(None)
    assert (done.accepted, done.by_rank) == (3, 3)
    decisions = [row for row in place.rows() if row["kind"] == "decision"]
    assert [(row["decision"], row["by"], row["window"]["first"]) for row in decisions] == [
        ("accept", "rank", 1)
    ] * 3


def test_yes_fills_up_what_a_person_began_and_leaves_open_what_is_open(place: Place) -> None:
    person = place.stopped([Accept(), Skip("太俗"), Shift(1)])
    open_ = person.views[-1].candidate
    assert open_
    done = place.select(None)
    assert (done.accepted, done.by_rank, done.skipped, done.left) == (3, 2, 1, 2)
    assert open_.script.id not in done.scripts


def test_a_script_that_changed_since_is_refused(place: Place) -> None:
    place.stopped([Accept()])
    id_ = place.rows()[-1]["script"]
    changed = replace(dialogue(id_), lines=(Line("0", "改了。"), *dialogue(id_).lines[1:]))
    write_scripts([changed], place.source)
    with pytest.raises(DataError, match="has changed since") as refused:
        place.select(Person([]))
    assert refused.value.where == id_


LONG = "这一行训练剧本里也有，一个字也不差。"


def with_long(script: Script, number: int) -> Script:
    lines = list(script.lines)
    lines[number - 1] = replace(lines[number - 1], text=LONG)
    return replace(script, lines=tuple(lines))


def test_no_line_of_the_training_scripts_is_taken(place: Place) -> None:
    write_scripts([with_long(dialogue("6"), 20), with_long(dialogue("5"), 3)], place.source)
    write_scripts([with_long(dialogue("t", 4), 2)], place.root / "train")
    against = place.root / "train"
    done = place.select(None, scripts=6, against=against)
    assert done.complete
    assert done.leave_out == ()
    windows = {row["script"]: row["window"]["first"] for row in place.rows() if "window" in row}
    assert (windows["6"], windows["5"]) == (21, 4)


def test_what_was_accepted_before_training_had_it_is_open_again(place: Place) -> None:
    place.stopped([Accept(), Accept()])
    first, second = (row["script"] for row in place.rows()[1:])
    text = "训练剧本里后来也有这一行了，真巧。"
    lines = (Line("0", text), Line("1", line("t", 1)))
    write_scripts([Script("t", "", lines)], place.root / "train")
    place.stopped([Back(), Rewrite({4: text}), Accept()])
    person = place.stopped([Accept()], against=place.root / "train")
    assert f"{second}: accepted before" in place.notes[0]
    shown = person.views[0]
    assert shown.candidate
    assert (shown.candidate.script.id, shown.accepted) == (second, 1)
    assert [fault.code for fault in shown.faults] == ["in_training"]
    assert person.views[1].problem
    assert place.rows()[-1]["by"] == "rule"
    assert first in {row["script"] for row in place.rows() if row.get("decision") == "accept"}


def test_a_source_against_itself_says_what_to_leave_out(place: Place) -> None:
    done = place.select(None, against=place.source)
    assert done.leave_out == done.scripts


def test_where_no_script_has_a_window_it_is_said_why(place: Place) -> None:
    with pytest.raises(DataError, match="of 6, 6 are shorter, 0 share") as refused:
        place.select(Person([]), lines=41)
    assert refused.value.code == "no_window"
    assert not place.log.exists()


def test_a_window_as_long_as_its_script(place: Place) -> None:
    person = place.stopped([], lines=40)
    assert person.views[0].candidate
    assert person.views[0].candidate.window == Window(1, 40)
