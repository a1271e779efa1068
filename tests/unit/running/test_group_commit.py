"""Rows of many threads are written in order, together where they wait, and nobody waits in vain."""

from collections.abc import Sequence
from threading import Event, Thread

from xiangsheng.core.errors import DatabaseAwayError
from xiangsheng.running.group_commit import GroupCommit

PATIENCE_S = 30


class Disk:
    """Remembers groups; the gate keeps it busy, and a bad row cannot be written."""

    def __init__(self) -> None:
        self.groups: list[list[int]] = []
        self.gate = Event()
        self.gate.set()
        self.busy = Event()

    @property
    def rows(self) -> list[int]:
        return [row for group in self.groups for row in group]

    def write(self, rows: Sequence[int]) -> None:
        self.busy.set()
        assert self.gate.wait(PATIENCE_S)
        if any(row < 0 for row in rows):
            raise ValueError("a bad row")
        self.groups.append(list(rows))


def test_what_waits_is_written_in_one_go() -> None:
    disk, told = Disk(), list[tuple[int, Exception | None]]()
    disk.gate.clear()
    journal = GroupCommit(disk.write)
    journal.put(0)
    assert disk.busy.wait(PATIENCE_S)
    for row in range(1, 6):
        journal.put(row, lambda failed, row=row: told.append((row, failed)))  # type: ignore[misc]
    assert told == []
    disk.gate.set()
    journal.close()
    assert disk.groups == [[0], [1, 2, 3, 4, 5]]
    assert told == [(row, None) for row in range(1, 6)]


def test_a_row_that_cannot_be_written_keeps_no_other_from_it() -> None:
    disk, told = Disk(), dict[int, str]()
    disk.gate.clear()
    journal = GroupCommit(disk.write)
    for row in (1, -2, 3, -4, 5):
        journal.put(row, lambda failed, row=row: told.update({row: str(failed)}))  # type: ignore[misc]
    disk.gate.set()
    journal.close()
    assert sorted(disk.rows) == [1, 3, 5]
    assert told == {1: "None", -2: "a bad row", 3: "None", -4: "a bad row", 5: "None"}


def test_a_database_that_is_away_is_asked_once_a_group() -> None:
    """Each try may take as long as a connection does to fail."""
    tries, told, gate = list[int](), list[str](), Event()

    def write(rows: Sequence[int]) -> None:
        assert gate.wait(PATIENCE_S)
        tries.append(len(rows))
        raise DatabaseAwayError("gone")

    journal = GroupCommit(write)
    for row in range(50):
        journal.put(row, lambda failed: told.append(str(failed)))
    gate.set()
    journal.close()
    assert sum(tries) == 50
    assert told == ["gone"] * 50


def test_every_thread_hears_of_its_rows() -> None:
    disk = Disk()
    journal = GroupCommit(disk.write)

    def ask(who: int) -> None:
        for number in range(50):
            done = Event()
            journal.put(100 * who + number, lambda _, done=done: done.set())  # type: ignore[misc]
            assert done.wait(PATIENCE_S)

    threads = [Thread(target=ask, args=(who,)) for who in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE_S)
    journal.close()
    written = disk.rows
    assert sorted(written) == [100 * who + number for who in range(8) for number in range(50)]
    for who in range(8):
        own = [row for row in written if row // 100 == who]
        assert own == sorted(own)
