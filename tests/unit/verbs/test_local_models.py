"""The ladder's bases: found by name, built when they are needed, and not twice."""

from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

from ladders import QUIET, lower, progress, stopping_at, weights
from xiangsheng.core.errors import InterruptedRunError, StoreError, UsageError
from xiangsheng.core.events import Event, Note
from xiangsheng.core.generation import Sampling
from xiangsheng.core.model import BuiltBase
from xiangsheng.store.workspace import Workspace, open_workspace
from xiangsheng.verbs import models
from xiangsheng.verbs.attending import Attending
from xiangsheng.verbs.base_texts import spec_of
from xiangsheng.verbs.build import BuildOptions, build
from xiangsheng.verbs.complete import complete
from xiangsheng.verbs.local_models import build_base
from xiangsheng.verbs.models import Building, find_model, require_rendering
from xiangsheng.verbs.recipe import load_recipe

LINES = tuple(f"第{n}把伞是谁的？" for n in range(200))
BUILDING = Building(LINES, "umbrellas", epochs=2)
STAGE = "building local:ada"


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    lower(monkeypatch)


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    with open_workspace(tmp_path, {}) as opened:
        yield opened


def built(workspace: Workspace) -> tuple[BuiltBase, ...]:
    return workspace.bases.all()


def test_finding_builds_nothing_and_knows_what_opening_will_build(workspace: Workspace) -> None:
    found = find_model("local:ada", workspace, BUILDING)
    assert built(workspace) == ()
    assert found.tuner
    assert (found.name, found.messages) == ("local:ada", False)
    found.open(QUIET)
    (base,) = built(workspace)
    assert (base.digest, base.name, base.text) == (found.identity, "local:ada", "umbrellas")
    assert find_model("ada", workspace, BUILDING).identity == found.identity


def test_lines_epochs_and_seed_are_other_bases_with_other_tuners(workspace: Workspace) -> None:
    buildings = [
        BUILDING,
        Building(LINES[1:], "umbrellas", epochs=2),
        Building(LINES, "umbrellas", epochs=3),
        Building(LINES, "umbrellas", epochs=2, seed=1),
    ]
    found = [find_model("local:ada", workspace, building) for building in buildings]
    assert len({one.identity for one in found}) == len({one.tuner for one in found}) == 4
    elsewhere = Building(LINES, "the same ones from elsewhere", epochs=2)
    assert find_model("local:ada", workspace, elsewhere).identity == found[0].identity


def test_building_is_a_stage_that_is_seen(workspace: Workspace) -> None:
    told = progress(find_model("local:ada", workspace, BUILDING).open)
    steps = told[STAGE]
    assert list(told) == [STAGE]
    assert [event.done for event in steps] == [*range(steps[-1].total + 1), steps[-1].total]
    assert "loss " in steps[1].detail
    assert progress(find_model("local:ada", workspace, BUILDING).open) == {}


def test_a_base_that_another_has_built_since_is_not_built_again(workspace: Workspace) -> None:
    spec, events = spec_of("ada", BUILDING), list[Event]()
    first = build_base(spec, workspace, QUIET)
    assert build_base(spec, workspace, Attending(events.append)) == first
    assert events == []


def test_how_long_it_will_take_is_said_first(workspace: Workspace) -> None:
    events: list[Event] = []
    find_model("local:ada", workspace, BUILDING).open(Attending(events.append))
    assert isinstance(events[0], Note)
    assert events[0].message.startswith("building local:ada, a small model of our own, on about ")
    assert " tokens (umbrellas): about " in events[0].message


def test_what_is_known_of_a_base_is_how_it_was_made(workspace: Workspace) -> None:
    find_model("local:ada", workspace, BUILDING).open(QUIET)
    (base,) = built(workspace)
    made = base.making
    assert (made.model, made.base, made.examples) == ("local:ada", "", 5)
    assert made.characters == sum(len(line) + 1 for line in LINES)
    assert made.curve[0][1] > made.curve[-1][1]
    assert (made.unit, made.settings["epochs"]) == ("token", "2")
    assert made.tokens > made.steps > 0


def test_the_newest_base_here_will_do_and_else_the_usual_one(workspace: Workspace) -> None:
    usual = find_model("local:ada", workspace)
    assert usual.identity == find_model("local:ada", workspace, Building()).identity
    assert find_model("local:ada", workspace, BUILDING).identity != usual.identity
    find_model("local:ada", workspace, BUILDING).open(QUIET)
    here = find_model("local:ada", workspace)
    assert here.identity == built(workspace)[0].digest
    here.open(QUIET)
    assert len(built(workspace)) == 1
    assert find_model("local:ada", workspace, Building()).identity == usual.identity
    usual.open(QUIET)
    texts = [base.text for base in built(workspace)]
    assert texts == ["composed, 8,000 characters", "umbrellas"]


def test_characters_and_seed_of_what_is_composed_are_its_identity(workspace: Workspace) -> None:
    buildings = [Building(), Building(characters=9_000), Building(seed=1), Building(epochs=2)]
    found = {find_model("local:ada", workspace, one).identity for one in buildings}
    assert len(found) == 4
    same = find_model("local:ada", workspace, Building(characters=8_000)).identity
    assert same == find_model("local:ada", workspace, Building()).identity


def test_a_stop_keeps_what_was_learned_and_the_base_is_the_same(
    workspace: Workspace, tmp_path: Path
) -> None:
    with pytest.raises(InterruptedRunError, match="stopped while building local:ada") as caught:
        find_model("local:ada", workspace, BUILDING).open(stopping_at(STAGE, 1))
    assert caught.value.hint == "give the same command again to go on"
    assert built(workspace) == ()
    (kept,) = workspace.home.bases.glob(".making-*/checkpoint/step-*")
    assert kept.name == "step-00000001"
    find_model("local:ada", workspace, BUILDING).open(QUIET)
    (base,) = built(workspace)
    assert list(workspace.home.bases.glob(".making-*")) == []
    with open_workspace(tmp_path / "straight", {"XIANGSHENG_HOME": f"{tmp_path}/other"}) as other:
        find_model("local:ada", other, BUILDING).open(QUIET)
        assert weights(other.bases.path(base.digest)) == weights(workspace.bases.path(base.digest))
        (straight,) = built(other)
        assert straight.making.curve == base.making.curve


@pytest.mark.parametrize("name", ["model.safetensors", "config.json", "base.json"])
def test_a_damaged_base_is_built_again(workspace: Workspace, name: str) -> None:
    find_model("local:ada", workspace, BUILDING).open(QUIET)
    (base,) = built(workspace)
    place = workspace.bases.path(base.digest)
    before = weights(place)
    (place / name).write_bytes(b"half of it")
    told = progress(find_model("local:ada", workspace, BUILDING).open)
    assert STAGE in told
    assert weights(place) == before


def test_two_at_once_build_one(workspace: Workspace) -> None:
    found = find_model("local:ada", workspace, BUILDING)
    with (
        workspace.bases.making(found.identity),
        pytest.raises(StoreError, match="another process is building this base"),
    ):
        found.open(QUIET)


def built_by(workspace: Workspace, **options: object) -> tuple[BuiltBase, list[Event]]:
    events: list[Event] = []
    asked = BuildOptions(**({"size": "ada", "epochs": 1} | options))  # type: ignore[arg-type]
    return build(asked, workspace, Attending(events.append)), events


def test_a_base_asked_for_twice_is_built_once(workspace: Workspace) -> None:
    first, events = built_by(workspace)
    assert len(events) > 2
    again, events = built_by(workspace, size="local:ada")
    place = workspace.bases.path(first.digest)
    assert (again, events) == (first, [Note(f"already built: local:ada, {place}")])
    other, _ = built_by(workspace, seed=1)
    assert other.digest != first.digest
    assert len(built(workspace)) == 2


def test_a_damaged_base_is_not_called_built(workspace: Workspace) -> None:
    """Else what an opening of it suggests, to build it again, would do nothing."""
    base, _ = built_by(workspace)
    place = workspace.bases.path(base.digest)
    before = weights(place)
    (place / "model.safetensors").write_bytes(b"half of it")
    assert find_model("local:ada", workspace).identity == base.digest  # to be built again
    built_by(workspace)
    assert weights(place) == before


def test_a_base_is_built_on_the_training_scripts_of_a_folder(
    workspace: Workspace, tmp_path: Path
) -> None:
    for part in ("train", "test"):
        (tmp_path / "mine" / part).mkdir(parents=True)
        script = f"甲：{part}的第一句。\n乙：第二句。\n" * 12
        (tmp_path / "mine" / part / "a.txt").write_text(script, encoding="utf-8")
    base, _ = built_by(workspace, data=str(tmp_path / "mine"))
    assert base.text == str(tmp_path / "mine" / "train")
    assert (base.making.examples, base.making.characters) == (1, 192)


@pytest.mark.parametrize("size", ["gpt", "", "local:gpt", "ngram:5", "Ada"])
def test_a_size_that_is_none_is_said(workspace: Workspace, size: str) -> None:
    with pytest.raises(UsageError, match="there is no size") as caught:
        built_by(workspace, size=size)
    assert caught.value.hint == "sizes are ada, babbage, curie, davinci"


def test_without_torch_local_models_say_what_to_install_and_others_work(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    def without(*libraries: str) -> None:
        def found(name: str) -> object:
            return None if name in libraries else find_spec(name)

        monkeypatch.setattr(models, "find_spec", found)

    without("torch", "safetensors")
    with pytest.raises(UsageError) as caught:
        find_model("local:ada", workspace)
    assert caught.value.message == (
        "local:ada needs torch and safetensors, which are not installed"
    )
    assert caught.value.code == "no_torch"
    assert "pip install 'xiangsheng[local]'" in caught.value.hint
    without("safetensors")
    with pytest.raises(UsageError, match="ada needs safetensors, which is not installed"):
        find_model("ada", workspace)
    assert find_model("ngram:5", workspace).name == "ngram:5"


def test_one_prompt_builds_the_base_and_is_answered(workspace: Workspace) -> None:
    def ask(attending: Attending) -> str:
        sampling = Sampling(max_tokens=5, seed=1)
        outcome = complete("ada", "0:您好。\n1:", sampling, workspace, attending)
        assert outcome.model == "local:ada"
        return outcome.completions[0].text

    told = progress(ask)
    assert list(told) == [STAGE]
    assert ask(QUIET) == ask(QUIET)


def test_a_base_takes_no_chats(workspace: Workspace) -> None:
    recipe = load_recipe("exp1", ["rendering.format=chat"])
    with pytest.raises(UsageError, match="local:ada completes text"):
        require_rendering(find_model("local:ada", workspace, BUILDING), recipe.rendering)
