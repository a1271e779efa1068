import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xiangsheng.backends.ngram import NgramModel, Piece, load, save
from xiangsheng.core.errors import DataError


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    base = NgramModel.train(["0:你好\n1:你也好\n", "\ud800甲"], 4)
    save(base.tuned([Piece("0:再见\n")], 0.7), tmp_path)
    return tmp_path


def test_a_saved_model_comes_back_the_same(saved: Path) -> None:
    model = load(saved)
    again = saved / "again"
    again.mkdir()
    save(model, again)
    assert (again / "model.json").read_bytes() == (saved / "model.json").read_bytes()
    assert load(again).digest == model.digest
    for prompt in ("", "0:", "1:你", "\ud800"):
        one, other = (m.distribution(m.read(prompt)).tobytes() for m in (model, load(again)))
        assert one == other


@pytest.mark.parametrize("missing", ["model.json", "arrays.npz"])
def test_a_missing_file_is_named(saved: Path, missing: str) -> None:
    (saved / missing).unlink()
    with pytest.raises(DataError, match=f"{missing} is missing") as caught:
        load(saved)
    assert caught.value.where == str(saved)
    assert "build or tune" in caught.value.hint


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"format": "gpt2"}, "its format is gpt2"),
        ({"version": 2}, "version 2 of the format"),
        ({"weights": [0.2, 0.8]}, "has been changed"),
        ({"weights": []}, "has been changed"),
        ({"weights": 3}, "cannot be read"),
        ({"order": 3}, "has been changed"),
        ({"order": 6}, "cannot be read"),
        ({"order": "5"}, "cannot be read"),
    ],
)
def test_a_foreign_description_is_refused(
    saved: Path, change: dict[str, object], said: str
) -> None:
    path = saved / "model.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **change}))
    with pytest.raises(DataError, match=said):
        load(saved)


@pytest.mark.parametrize("text", ["", "[]", "{}", "\ufeff{}", "not json", "\x00"])
def test_a_description_that_is_none_is_refused(saved: Path, text: str) -> None:
    (saved / "model.json").write_text(text, encoding="utf-8")
    with pytest.raises(DataError, match="not a whole n-gram model"):
        load(saved)


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="missing"):
        load(tmp_path / "nowhere")


@given(data=st.data())
def test_damage_is_found_or_harmless(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    folder = tmp_path_factory.mktemp("model")
    model = NgramModel.train(["0:你好\n1:你也好\n"], 3)
    save(model, folder)
    path = folder / data.draw(st.sampled_from(["model.json", "arrays.npz"]))
    whole = bytearray(path.read_bytes())
    if data.draw(st.booleans()):
        del whole[data.draw(st.integers(0, len(whole) - 1)) :]
    else:
        whole[data.draw(st.integers(0, len(whole) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    path.write_bytes(whole)
    try:
        assert load(folder).digest == model.digest
    except DataError as error:
        assert error.code == "model_folder"  # noqa: PT017 - either way is right
