"""What a run does when something else happened in between."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from support import ROOT
from xiangsheng.core.clock import Clock
from xiangsheng.core.errors import InterruptedRunError, PartialError, StoreError, UsageError
from xiangsheng.core.events import Event, Note, Progress
from xiangsheng.core.generation import OutcomeKind
from xiangsheng.core.results import TaskResult
from xiangsheng.core.run import RunState
from xiangsheng.store.run_table import RunTable
from xiangsheng.store.workspace import Workspace, open_workspace
from xiangsheng.verbs import run as running
from xiangsheng.verbs.attending import Attending
from xiangsheng.verbs.models import Building, FoundModel, find_model
from xiangsheng.verbs.recipe import Recipe, load_recipe
from xiangsheng.verbs.run import resume_run, run_study
from xiangsheng.verbs.study import build_study

SMALL = (
    "model=ngram:5",
    "tasks.next-line.given=3",
    "sampling.max_tokens=8",
    "tasks.last-ten.asked=2",
)
QUIET = Attending(lambda _event: None)


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    with open_workspace(tmp_path, {}) as opened:
        yield opened


def small(name: str = "exp2", *settings: str) -> Recipe:
    return load_recipe(name, [*SMALL, *settings])


def counted(workspace: Workspace, table: str) -> int:
    with closing(sqlite3.connect(workspace.home.database)) as connection:
        found: int = connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
    return found


def test_a_run_that_another_process_has_just_finished_is_left_as_it_is(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    def slowly(name: str, home: Workspace, building: Building) -> FoundModel:
        monkeypatch.setattr(running, "find_model", find_model)
        run_study(small(), home, QUIET)
        return find_model(name, home, building)

    monkeypatch.setattr(running, "find_model", slowly)
    run = run_study(small(), workspace, QUIET)
    assert run.state is RunState.COMPLETE
    assert counted(workspace, "outcomes") == 2 * 10 * (3 + 1 + 1)
    assert counted(workspace, "models") == 1


def test_a_crash_after_tuning_does_not_tune_again(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    change = RunTable.change

    def crash(self: RunTable, run_id: str, **values: str) -> None:
        if "tuned" in values:
            raise KeyboardInterrupt
        change(self, run_id, **values)  # type: ignore[arg-type]

    with monkeypatch.context() as patch:
        patch.setattr(RunTable, "change", crash)
        with pytest.raises(KeyboardInterrupt):
            run_study(small(), workspace, QUIET)
    (made,) = workspace.models.all()
    assert resume_run("", workspace, QUIET).tuned == made.name
    assert len(workspace.models.all()) == 1


def test_a_damaged_model_is_made_again_under_its_name(workspace: Workspace) -> None:
    with pytest.raises(InterruptedRunError):
        run_study(small(), workspace, stopping_at("next-line · tuned"))
    (made,) = workspace.models.all()
    (workspace.models.path(made) / "arrays.npz").write_bytes(b"half of it")
    done = resume_run("", workspace, QUIET)
    assert (done.state, done.tuned) == (RunState.COMPLETE, made.name)


def test_two_runs_of_one_second_have_a_model_each(workspace: Workspace) -> None:
    clock = Clock(lambda: datetime(2026, 1, 1, tzinfo=UTC), lambda: 0.0)
    at_once = Attending(lambda _event: None, clock=clock)
    one = run_study(small(), workspace, at_once)
    two = run_study(small("exp2", "seed=1"), workspace, at_once)
    assert one.tuned != two.tuned
    for run in (one, two):
        made = build_study(workspace, run).tuning
        assert made is not None
        assert made.model == run.tuned


def stopping_at(stage: str) -> Attending:
    """Asks to stop as soon as a stage has begun."""
    seen: list[str] = []

    def listen(event: Event) -> None:
        if isinstance(event, Progress):
            seen.append(event.stage)

    return Attending(listen, lambda: stage in seen)


@pytest.mark.parametrize(
    "stage", ["next-line · base", "tuning", "last-ten · tuned", "real-lines · tuned"]
)
def test_a_stop_anywhere_says_how_to_go_on(workspace: Workspace, stage: str) -> None:
    with pytest.raises(InterruptedRunError) as caught:
        run_study(small(), workspace, stopping_at(stage))
    run = workspace.runs.find("")
    assert caught.value.hint == f"go on with: xiangsheng resume {run.id}"
    assert (run.state, run.finished_at) == (RunState.PARTIAL, "")
    study = build_study(workspace, run)
    assert "not complete" in study.notes[0].en
    assert resume_run("", workspace, QUIET).state is RunState.COMPLETE
    assert counted(workspace, "models") == 1


def test_a_stopped_run_still_counts_all_its_test_scripts(workspace: Workspace) -> None:
    with pytest.raises(InterruptedRunError):
        run_study(small("exp1"), workspace, stopping_at("next-line · base"))
    study = build_study(workspace, workspace.runs.find(""))
    assert any(note.en.startswith("10 test scripts") for note in study.notes)


def test_files_of_a_run_that_are_gone_are_written_again(workspace: Workspace) -> None:
    with pytest.raises(InterruptedRunError):
        run_study(small("exp1"), workspace, stopping_at("last-ten · base"))
    run = workspace.runs.find("")
    workspace.folder(run.id).path("questions.jsonl").unlink()
    with pytest.raises(StoreError, match="cannot be read"):
        resume_run("", workspace, QUIET)
    assert run_study(small("exp1"), workspace, QUIET).state is RunState.COMPLETE


def test_the_kept_recipe_is_the_same_run(workspace: Workspace) -> None:
    run = run_study(small("exp1", "sampling.top_p=0.9", "seed=3"), workspace, QUIET)
    kept = workspace.folder(run.id).path("recipe.toml")
    assert run_study(load_recipe(str(kept)), workspace, QUIET).id == run.id
    commands = build_study(workspace, run).commands
    assert commands[0] == f"xiangsheng run .xiangsheng/runs/{run.id}/recipe.toml"


def reading(workspace: Workspace, *settings: str) -> TaskResult | None:
    return build_study(workspace, run_study(small("exp1", *settings), workspace, QUIET)).real_lines


def test_real_lines_give_perplexities_and_are_no_task_of_answers(workspace: Workspace) -> None:
    study = build_study(workspace, run_study(small(), workspace, QUIET))
    found = study.real_lines
    assert found is not None
    assert (found.name, found.items, found.scripts) == ("real-lines", 10, 10)
    base, tuned = (system.scores["perplexity"] for system in found.systems)
    assert base.value > tuned.value > 1
    change = found.differences["perplexity"]
    assert change.value == pytest.approx(tuned.value - base.value)
    assert [system.outcomes for system in found.systems] == [{OutcomeKind.OK: 10}] * 2
    assert [task.name for task in study.tasks] == ["next-line", "last-ten"]
    assert {sample.task for sample in study.samples} == {"next-line", "last-ten"}


def test_a_study_of_before_has_none(workspace: Workspace, tmp_path: Path) -> None:
    path = tmp_path / "old.toml"
    path.write_text(
        'name = "old"\nmodel = "ngram:3"\ntune = false\n[tasks.next-line]\ngiven = 2\nasked = 1\n',
        encoding="utf-8",
    )
    run = run_study(load_recipe(str(path)), workspace, QUIET)
    assert build_study(workspace, run).real_lines is None


def test_a_fake_is_certain_of_every_line(workspace: Workspace) -> None:
    found = reading(workspace, "model=fake:echo")
    assert found is not None
    assert found.systems[0].scores["perplexity"].value == 1


def test_a_script_that_cannot_be_read_is_left_out(workspace: Workspace) -> None:
    found = reading(workspace, "model=fake:filter")
    assert found is not None
    assert found.systems[0].outcomes == {OutcomeKind.FILTERED: 10}
    assert found.systems[0].scores == {}


def test_short_scripts_are_read_as_far_as_they_go(workspace: Workspace) -> None:
    found = reading(workspace, "tasks.real-lines.given=4", "tasks.real-lines.asked=999")
    assert found is not None
    assert found.scripts == 10


CHAT = ("model=fake:echo", "rendering.format=chat")


def test_real_lines_are_left_out_for_a_chat(workspace: Workspace, tmp_path: Path) -> None:
    text = (ROOT / "src/xiangsheng/verbs/recipes/exp1.toml").read_text(encoding="utf-8")
    without_ten = text.replace("[tasks.last-ten]\ngiven = 10\nasked = 10\n", "")
    path = tmp_path / "chat.toml"
    path.write_text(without_ten, encoding="utf-8")
    events: list[Event] = []
    run = run_study(load_recipe(str(path), CHAT), workspace, Attending(events.append))
    assert [task.name for task in run.spec.tasks] == ["next-line"]
    assert any("real-lines is left out" in e.message for e in events if isinstance(e, Note))
    path.write_text(
        without_ten.replace("[tasks.next-line]\ngiven = 19\nasked = 1\n", ""), encoding="utf-8"
    )
    with pytest.raises(UsageError, match="nothing is left to ask"):
        run_study(load_recipe(str(path), CHAT), workspace, QUIET)


def test_a_model_that_takes_no_messages_is_asked_none(workspace: Workspace) -> None:
    with pytest.raises(UsageError, match="takes no chat messages"):
        run_study(small("exp1", "rendering.format=chat"), workspace, QUIET)
    assert workspace.runs.all() == ()


def test_every_completion_is_on_the_bill_of_2022(workspace: Workspace) -> None:
    def bill(*settings: str) -> list[str]:
        run = run_study(small("exp1", *settings), workspace, QUIET)
        return [str(line.amount.amount) for line in build_study(workspace, run).would_have_cost]

    assert float(bill("sampling.n=4")[0]) > float(bill()[0])


def test_turns_cost_more_to_train_than_whole_scripts(workspace: Workspace) -> None:
    def characters(form: str) -> int:
        run = run_study(small("exp2", f"rendering.format={form}"), workspace, QUIET)
        made = build_study(workspace, run).tuning
        assert made is not None
        return made.characters

    assert characters("turns") > 5 * characters("script")


def test_items_that_keep_failing_keep_the_run_partial(workspace: Workspace) -> None:
    recipe = small("exp1", "model=fake:flaky?every=2")
    for _ in range(2):
        with pytest.raises(PartialError):
            run_study(recipe, workspace, QUIET)
    run = workspace.runs.find("")
    assert (run.state, run.finished_at) == (RunState.PARTIAL, "")


def test_samples_come_from_the_middle_of_equal_parts(workspace: Workspace) -> None:
    study = build_study(
        workspace, run_study(load_recipe("exp1", given={"model": "ngram:5"}), workspace, QUIET)
    )
    items = [sample.item for sample in study.samples]
    scripts = "02-pai-dui", "04-zhi-neng-yin-xiang", "07-xuan-lou-zhang", "09-shi-yong-qi"
    assert items == [
        *(f"next-line/{script}/{k:02d}" for script, k in zip(scripts, (5, 15, 5, 15), strict=True)),
        *(f"last-ten/{script}" for script in scripts),
    ]


def test_another_rendering_than_the_models_is_refused_with_what_to_type(
    workspace: Workspace,
) -> None:
    tuned = run_study(small(), workspace, QUIET).tuned
    other = ("rendering.space=true", f"model={tuned}")
    with pytest.raises(UsageError) as caught:
        run_study(small("exp1", *other), workspace, QUIET)
    assert caught.value.hint == "prompt it as it was trained: --set 'rendering.space=false'"
    assert run_study(small("exp1", other[1]), workspace, QUIET).state is RunState.COMPLETE
