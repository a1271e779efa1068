"""Where a selection stands, from its decisions."""

from dataclasses import replace

import pytest

from dialogues import dialogue
from xiangsheng.core.errors import DataError
from xiangsheng.corpus.decisions import By, Decision, Verdict
from xiangsheng.corpus.selection import Progress, chosen, set_digest, unchanged
from xiangsheng.corpus.windows import Edit, Window, text_digest

SCRIPTS = {id_: dialogue(id_) for id_ in "abcd"}


def decided(id_: str, verdict: Verdict, first: int = 1) -> Decision:
    return Decision(id_, text_digest(SCRIPTS[id_]), Window(first, first + 19), verdict, By.PERSON)


A, S, B, E, M = Verdict.ACCEPT, Verdict.SKIP, Verdict.BACK, Verdict.EDIT, Verdict.SHIFT


def names(decisions: tuple[Decision, ...]) -> str:
    return "".join(one.script for one in decisions)


@pytest.mark.parametrize(
    ("steps", "accepted", "skipped", "opened"),
    [
        ("", "", "", ""),
        ("aA bS cA", "ac", "b", ""),
        ("aA bS bB", "a", "", "b"),
        ("aA bS bB aB", "", "", "ab"),
        ("aA bS bB aB aS", "", "a", "b"),
        ("aA bS bB aB aS bA", "b", "a", ""),
        ("aA bA aB aA", "ba", "", ""),
        ("aM aE", "", "", "a"),
        ("aE bA", "b", "", "a"),
        ("aA bM cE", "a", "", "cb"),
    ],
)
def test_what_the_decisions_come_to(steps: str, accepted: str, skipped: str, opened: str) -> None:
    verdicts = {"A": A, "S": S, "B": B, "E": E, "M": M}
    progress = Progress.of(decided(step[0], verdicts[step[1]]) for step in steps.split())
    found = names(progress.accepted), names(progress.skipped), names(progress.opened)
    assert found == (accepted, skipped, opened)


def test_the_newest_decision_on_a_script_is_the_one_that_counts() -> None:
    progress = Progress.of([decided("a", A, 1), decided("a", B, 1), decided("a", A, 5)])
    assert [one.window.first for one in progress.accepted] == [5]


def test_the_chosen_are_cut_and_in_the_order_of_the_source() -> None:
    edit = Edit(6, SCRIPTS["a"].lines[5].text, "改过的一行。")
    progress = Progress.of([decided("c", A), replace(decided("a", A, 5), edits=(edit,))])
    first, second = chosen(progress, SCRIPTS)
    assert (first.id, second.id) == ("a", "c")
    assert first.lines[1].text == "改过的一行。"
    assert second.lines == SCRIPTS["c"].lines[:20]
    assert set_digest([first, second]) == set_digest([second, first])
    assert set_digest([first, second]) != set_digest([first])


def test_a_script_that_changed_or_went_is_refused() -> None:
    decision = decided("a", A)
    assert unchanged(decision, SCRIPTS) is SCRIPTS["a"]
    changed = replace(SCRIPTS["a"], title="别的")
    with pytest.raises(DataError, match="has changed since") as refused:
        unchanged(decision, SCRIPTS | {"a": changed})
    assert (refused.value.where, refused.value.code) == ("a", "changed")
    assert text_digest(changed)[:12] in refused.value.message
    with pytest.raises(DataError, match="has none of this id"):
        unchanged(decision, {})
