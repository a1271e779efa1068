"""A study with a model of the ladder: built, asked, tuned, asked; stopped anywhere and gone on with."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from ladders import QUIET, completions, lower, progress, small, stopping_at
from xiangsheng.backends.local.training.loop import Training
from xiangsheng.core.errors import InterruptedRunError, StoreError, TrainingError, UsageError
from xiangsheng.core.run import Run, RunState
from xiangsheng.store.workspace import Workspace, open_workspace
from xiangsheng.verbs.models import find_model
from xiangsheng.verbs.recipe import load_recipe
from xiangsheng.verbs.run import resume_run, run_study
from xiangsheng.verbs.study import build_study

BUILDING = "building local:ada"


@pytest.fixture(autouse=True)
def small_ladder(monkeypatch: pytest.MonkeyPatch) -> None:
    lower(monkeypatch)


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    with open_workspace(tmp_path, {}) as opened:
        yield opened


@pytest.fixture(scope="module")
def straight(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Workspace, Run]]:
    """The same study, never interrupted."""
    with (
        pytest.MonkeyPatch.context() as patch,
        open_workspace(tmp_path_factory.mktemp("straight"), {}) as opened,
    ):
        lower(patch)
        yield opened, run_study(small(), opened, QUIET)


def test_its_stages_are_building_asking_tuning_asking(workspace: Workspace) -> None:
    told = progress(lambda attending: run_study(small(), workspace, attending))
    tasks = ("next-line", "last-ten", "real-lines")
    assert list(told) == [
        BUILDING,
        *(f"{task} · base" for task in tasks),
        "tuning",
        *(f"{task} · tuned" for task in tasks),
    ]
    for events in told.values():
        assert events[-1].done == events[-1].total
    (run,) = workspace.runs.all()
    assert [model.name for model in workspace.models.all()] == [run.tuned]
    assert run.tuned.startswith("local:ada:ft-bundled-")


def test_perplexities_losses_and_settings_are_known_afterwards(
    straight: tuple[Workspace, Run],
) -> None:
    study = build_study(*straight)
    assert study.real_lines is not None
    base, tuned = (system.scores["perplexity"] for system in study.real_lines.systems)
    assert base.value > 1
    assert tuned.value > 1
    made = study.tuning
    assert made is not None
    assert (made.model, made.base, made.unit) == (straight[1].tuned, "local:ada", "token")
    assert made.steps == len(made.curve) > 1
    assert made.settings["precision"] == "fp32"


@pytest.mark.parametrize(
    ("stage", "done"),
    [(BUILDING, 0), (BUILDING, 2), ("next-line · base", 1), ("tuning", 0), ("tuning", 1)],
)
def test_stopped_anywhere_it_ends_with_the_same_completions(
    workspace: Workspace, straight: tuple[Workspace, Run], stage: str, done: int
) -> None:
    with pytest.raises(InterruptedRunError) as caught:
        run_study(small(), workspace, stopping_at(stage, done))
    (run,) = workspace.runs.all()
    assert caught.value.hint == f"go on with: xiangsheng resume {run.id}"
    assert run.state is RunState.PARTIAL
    finished = resume_run("", workspace, QUIET)
    assert (finished.state, finished.id) == (RunState.COMPLETE, straight[1].id)
    assert completions(workspace, finished) == completions(*straight)


def test_resuming_learns_only_what_was_not_yet_learned(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps: list[int] = []
    step = Training._step

    def counted(self: Training, started: float) -> object:
        steps.append(self.state.step)
        return step(self, started)

    monkeypatch.setattr(Training, "_step", counted)
    with pytest.raises(InterruptedRunError):
        run_study(small(), workspace, stopping_at("tuning", 2))
    folder = workspace.folder(workspace.runs.find("").id)
    assert [path.name for path in folder.path("checkpoint").glob("step-*")] == ["step-00000002"]
    before = len(steps)
    resume_run("", workspace, QUIET)
    made = build_study(workspace, workspace.runs.find("")).tuning
    assert made is not None
    assert steps[before:] == list(range(2, made.steps))
    assert [number for number, _ in made.curve] == list(range(1, made.steps + 1))
    assert not folder.path("checkpoint").exists()


def test_a_checkpoint_that_a_crash_left_behind_is_cleared_away(workspace: Workspace) -> None:
    """The model was in place already."""
    with pytest.raises(InterruptedRunError):
        run_study(small(), workspace, stopping_at("next-line · tuned"))
    left = workspace.folder(workspace.runs.find("").id).path("checkpoint")
    (left / "step-00000002").mkdir(parents=True)
    resume_run("", workspace, QUIET)
    assert not left.exists()


def test_a_checkpoint_of_other_libraries_stops_the_run_and_says_so(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(InterruptedRunError):
        run_study(small(), workspace, stopping_at("tuning"))
    monkeypatch.setattr("torch.__version__", "9.9.9")
    with pytest.raises(StoreError, match=r"torch was .* and is 9\.9\.9 now") as caught:
        resume_run("", workspace, QUIET)
    assert caught.value.code == "job_changed"


def test_a_damaged_tuned_model_is_tuned_again_under_its_name(workspace: Workspace) -> None:
    with pytest.raises(InterruptedRunError):
        run_study(small(), workspace, stopping_at("next-line · tuned"))
    (made,) = workspace.models.all()
    (workspace.models.path(made) / "model.safetensors").write_bytes(b"half of it")
    told = progress(lambda attending: resume_run("", workspace, attending))
    assert "tuning" in told
    assert BUILDING not in told
    assert workspace.models.all() == (made,)


def test_a_base_damaged_meanwhile_is_built_again(
    workspace: Workspace, straight: tuple[Workspace, Run]
) -> None:
    with pytest.raises(InterruptedRunError):
        run_study(small(), workspace, stopping_at("next-line · base"))
    (base,) = workspace.bases.all()
    (workspace.bases.path(base.digest) / "model.safetensors").write_bytes(b"half of it")
    told = progress(lambda attending: resume_run("", workspace, attending))
    assert BUILDING in told
    assert completions(workspace, workspace.runs.find("")) == completions(*straight)


def test_another_study_of_the_same_scripts_builds_no_second_base(workspace: Workspace) -> None:
    run_study(small("exp1"), workspace, QUIET)
    told = progress(lambda attending: run_study(small("exp1", "seed=1"), workspace, attending))
    assert BUILDING not in told
    told = progress(lambda attending: run_study(small("exp1", "base.seed=1"), workspace, attending))
    assert BUILDING in told
    assert len(workspace.bases.all()) == 2


def test_hyperparameters_are_part_of_the_run_and_of_the_model(workspace: Workspace) -> None:
    one = run_study(small(), workspace, QUIET)
    other = run_study(small("exp2", "tuning.learning_rate_multiplier=2"), workspace, QUIET)
    named = run_study(small("exp2", "tuning.suffix=mine"), workspace, QUIET)
    assert len({one.id, other.id, named.id}) == len({one.tuned, other.tuned, named.tuned}) == 3
    assert named.tuned.startswith("local:ada:ft-mine-")
    kept = workspace.folder(other.id).path("recipe.toml")
    assert run_study(load_recipe(str(kept)), workspace, QUIET).id == other.id


def test_scripts_held_out_are_measured_and_are_part_of_the_run(
    workspace: Workspace, tmp_path: Path, straight: tuple[Workspace, Run]
) -> None:
    valid = tmp_path / "valid.txt"
    valid.write_text("甲：这把伞是谁的？\n乙：不知道。\n" * 10, encoding="utf-8")
    recipe = small("exp2", f"data.valid={valid}", "tuning.epochs=2", "tuning.patience=1")
    run = run_study(recipe, workspace, QUIET)
    assert run.id != straight[1].id
    made = build_study(workspace, run).tuning
    assert made is not None
    assert [step for step, _ in made.validation] == [made.steps // 2, made.steps]
    without = build_study(*straight).tuning
    assert without is not None
    assert (made.examples, made.characters) == (without.examples, without.characters)
    # The file is gone, and the run goes on from its own copy.
    valid.unlink()
    other = small("exp2", f"data.valid={valid}", "tuning.epochs=2", "seed=1")
    valid.write_text("甲：这把伞是谁的？\n乙：不知道。\n" * 10, encoding="utf-8")
    with pytest.raises(InterruptedRunError):
        run_study(other, workspace, stopping_at("tuning", 1))
    valid.unlink()
    assert resume_run("", workspace, QUIET).state is RunState.COMPLETE


def test_a_rate_that_is_far_too_high_stops_the_run_and_names_the_step(
    workspace: Workspace,
) -> None:
    recipe = small(
        "exp2", "tuning.learning_rate=1", "tuning.learning_rate_multiplier=100", "tuning.epochs=9"
    )
    with pytest.raises(TrainingError, match="training diverges at learning rate 100") as caught:
        run_study(recipe, workspace, QUIET)
    (run,) = workspace.runs.all()
    assert caught.value.where.endswith(f"{run.id}/checkpoint")
    assert "--set tuning.learning_rate_multiplier=0.1" in caught.value.hint
    assert workspace.models.all() == ()


def test_a_tuned_model_can_be_the_base_of_the_next_study(
    straight: tuple[Workspace, Run],
) -> None:
    workspace, run = straight
    again = run_study(small("exp2", f"model={run.tuned}"), workspace, QUIET)
    assert again.spec.model == run.tuned
    assert again.tuned.startswith("local:ada:ft-bundled-")
    assert again.tuned != run.tuned


def test_another_rendering_than_the_tuned_models_is_refused(
    straight: tuple[Workspace, Run],
) -> None:
    workspace, run = straight
    other = small("exp1", "rendering.space=true", f"model={run.tuned}")
    with pytest.raises(UsageError) as caught:
        run_study(other, workspace, QUIET)
    assert caught.value.hint == "prompt it as it was trained: --set 'rendering.space=false'"
    assert find_model(run.tuned, workspace).tuned
