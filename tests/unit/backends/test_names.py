from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xiangsheng.backends import fake
from xiangsheng.backends.names import FAKES, SIZES, ModelName, parse_model_name, tuned_name
from xiangsheng.core.errors import UnknownModelError, UsageError

MOMENT = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
DIGEST = "0a1b2c3d" + "f" * 56


def test_names_are_taken_apart() -> None:
    assert parse_model_name("ngram:5") == ModelName("ngram:5", "ngram", "ngram:5", order=5)
    tuned = parse_model_name("ngram:3:ft-my-set-2026-01-02-03-04-05-0a1b2c3d")
    assert (tuned.base, tuned.order) == ("ngram:3", 3)
    assert tuned.tuned == "ft-my-set-2026-01-02-03-04-05-0a1b2c3d"
    flaky = parse_model_name("fake:flaky?every=3")
    assert (flaky.kind, flaky.options, flaky.base) == ("flaky", {"every": 3}, "fake:flaky?every=3")
    assert parse_model_name("fake:slow").options == {"ms": 20}


@pytest.mark.parametrize(
    ("name", "near"),
    [
        ("ngram:99", "ngram:9"),
        ("ngram:1", "ngram:2"),
        ("ngarm:5", "ngram:5"),
        ("ngram", "ngram:5"),
        ("ngram:", "ngram:5"),
        ("ngram:５", "ngram:5"),
        ("fake:ehco", "fake:echo"),
        ("fake:", "fake:"),
        ("ngram:5:ft-x", "ngram:5"),
        ("ngram:5:", "ngram:5"),
        ("local:adda", "local:ada"),
        ("local:", "local:ada"),
        ("local:ada:", "local:ada"),
        ("local:ada:ft-x", "local:ada"),
        ("babage", "local:babbage"),
        ("gpt-99-ultra", "models are local:ada to local:davinci, ngram:2 to ngram:9 and fake:echo"),
        ("", "models are local:ada to local:davinci, ngram:2 to ngram:9"),
    ],
)
def test_an_unknown_name_has_near_names_in_its_hint(name: str, near: str) -> None:
    with pytest.raises(UnknownModelError, match=f"'{name}'") as caught:
        parse_model_name(name)
    assert near in caught.value.hint


def test_tuned_models_are_suggested_when_they_are_told() -> None:
    known = "ngram:5:ft-pengen-2026-01-02-03-04-05-0a1b2c3d"
    with pytest.raises(UnknownModelError) as caught:
        parse_model_name("ngram:5:ft-pengen-2026-01-02", known=[known])
    assert known in caught.value.hint


@pytest.mark.parametrize(
    "name",
    ["fake:flaky?every=0", "fake:flaky?ms=3", "fake:echo?x=1", "fake:slow?ms=", "fake:slow?"],
)
def test_a_wrong_option_is_said(name: str) -> None:
    with pytest.raises(UnknownModelError, match="is not an option") as caught:
        parse_model_name(name)
    assert "takes" in caught.value.hint


@pytest.mark.parametrize("name", ["hf:gpt2", "openai:davinci", "ollama:x", "deepseek:chat"])
def test_a_model_to_come_is_not_called_unknown(name: str) -> None:
    with pytest.raises(UsageError, match="not available in this version") as caught:
        parse_model_name(name)
    assert caught.value.code == "model_unavailable"
    assert not isinstance(caught.value, UnknownModelError)


@pytest.mark.parametrize("size", SIZES)
def test_a_bare_name_of_2022_is_the_rung_of_that_name(size: str) -> None:
    name = f"local:{size}"
    assert parse_model_name(size) == ModelName(name, "local", name, size=size)
    assert parse_model_name(name) == parse_model_name(size)


def test_a_tuned_rung_goes_by_its_name_of_2022_and_a_checkpoint_by_its_step() -> None:
    made = "ada:ft-my-set-2026-01-02-03-04-05-0a1b2c3d"
    assert parse_model_name(made) == parse_model_name(f"local:{made}")
    kept = parse_model_name(f"local:{made}:ckpt-step-90")
    assert (kept.base, kept.size, kept.full) == ("local:ada", "ada", f"local:{made}:ckpt-step-90")
    for wrong in (f"{made}:ckpt-step-", f"{made}:ckpt", f"{made}:x", "ada:ft-x"):
        with pytest.raises(UnknownModelError):
            parse_model_name(wrong)


def test_a_tuned_rung_is_named_after_its_base() -> None:
    name = tuned_name("local:ada", "My Set", MOMENT, DIGEST)
    found = parse_model_name(name)
    assert (found.full, found.base, found.size) == (name, "local:ada", "ada")
    assert found.tuned == "ft-my-set-2026-01-02-03-04-05-0a1b2c3d"


@pytest.mark.parametrize(
    ("suffix", "words"),
    [
        ("My Set, v2!", "ft-my-set-v2-"),
        ("", "ft-2026"),
        ("--?", "ft-2026"),
        ("捧哏", "ft-捧哏-"),
        ("x" * 80, f"ft-{'x' * 64}-2026"),
        ("a" * 63 + " b", f"ft-{'a' * 63}-2026"),
    ],
)
def test_a_suffix_is_lowered_dashed_and_cut(suffix: str, words: str) -> None:
    name = tuned_name("ngram:5", suffix, MOMENT, DIGEST)
    assert name.startswith(f"ngram:5:{words}")
    assert name.endswith("2026-01-02-03-04-05-0a1b2c3d")


@given(suffix=st.text(max_size=60))
def test_every_tuned_name_is_a_name(suffix: str) -> None:
    name = tuned_name("ngram:5", suffix, MOMENT, DIGEST)
    assert parse_model_name(name).base == "ngram:5"


def test_a_tuned_model_tuned_again_is_named_after_the_root_and_in_utc() -> None:
    there = MOMENT.astimezone(timezone(timedelta(hours=8)))
    first = tuned_name("ngram:5", "a", MOMENT, DIGEST)
    assert tuned_name(first, "b", there, DIGEST) == tuned_name("ngram:5", "b", MOMENT, DIGEST)


def test_every_fake_name_has_a_behaviour() -> None:
    assert set(FAKES) == set(fake._ANSWERS)
