"""The model against Kneser-Ney smoothing written down from its definition, run by run."""

import math
from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from support import c3_folder
from xiangsheng.backends.ngram import NgramModel, Piece
from xiangsheng.backends.ngram.counts import END
from xiangsheng.core.errors import DataError

TEXTS = st.lists(st.text("ab甲", max_size=12), min_size=1, max_size=4).filter(any)
PIECES = st.builds(Piece, st.text("ab甲", max_size=8), before=st.text("ab甲", max_size=8))


class Obvious:
    """p(w | c) by recursion over strings; `$` is the token before and after a text."""

    def __init__(self, pieces: list[Piece], order: int) -> None:
        self.characters = {c for piece in pieces for c in piece.before + piece.text}
        raw: Counter[str] = Counter()
        for piece in pieces:
            whole = f"${piece.before}{piece.text}$"
            for end in range(len(piece.before) + 1, len(whole)):
                raw.update(whole[end - k + 1 : end + 1] for k in range(1, min(order, end + 1) + 1))
        self.weights = {run: self.weight(run, raw, order) for run in raw}

    def weight(self, run: str, raw: Counter[str], order: int) -> int:
        if len(run) == order or (len(run) > 1 and run[0] == "$"):
            return raw[run]
        return sum(other[1:] == run for other in raw)

    def discount(self, run: str) -> float:
        level = [weight for other, weight in self.weights.items() if len(other) == len(run)]
        n1, n2, n3, n4 = (level.count(times) for times in (1, 2, 3, 4))
        discounts = [0.5, 1.0, 1.5]
        if n1 and n2 and n3 and n4:
            y = n1 / (n1 + 2 * n2)
            better = [1 - 2 * y * n2 / n1, 2 - 3 * y * n3 / n2, 3 - 4 * y * n4 / n3]
            if all(0 < d < k for k, d in enumerate(better, 1)):
                discounts = better
        return discounts[min(self.weights[run], 3) - 1]

    def chance(self, run: str) -> float:
        """Of the last token after the others."""
        lower = self.chance(run[1:]) if len(run) > 1 else 1 / (len(self.characters) + 2)
        after = [o for o in self.weights if o[:-1] == run[:-1] and self.weights[o]]
        if not after:
            return lower
        total = sum(self.weights[other] for other in after)
        own = self.weights[run] - self.discount(run) if run in after else 0.0
        return (own + sum(map(self.discount, after)) * lower) / total


@given(texts=TEXTS, order=st.integers(2, 4), prompt=st.text("ab甲?", max_size=6))
def test_next_characters_have_kneser_ney_probabilities(
    texts: list[str], order: int, prompt: str
) -> None:
    model = NgramModel.train(texts, order)
    obvious = Obvious([Piece(text) for text in texts], order)
    got = model.distribution(model.read(prompt))
    # What the model never saw is like the end of a text.
    seen = "".join(c if c in model.characters else "$" for c in prompt)
    context = ("$" + f"${seen}".rpartition("$")[2])[-(order - 1) :]
    for place, token in enumerate("$" + model.characters):
        assert got[place] == pytest.approx(obvious.chance(context + token), abs=1e-12)


@given(pieces=st.lists(PIECES, min_size=1, max_size=4), order=st.integers(2, 4))
def test_what_stands_before_a_piece_is_seen_and_not_counted(
    pieces: list[Piece], order: int
) -> None:
    base = NgramModel.train(["ab"], order)
    if not any(piece.text for piece in pieces):
        with pytest.raises(DataError, match="no text"):
            base.tuned(pieces, 1.0)
        return
    model, obvious = base.tuned(pieces, 1.0), Obvious(pieces, order)
    obvious.characters |= set("ab")
    for place, token in enumerate("$" + model.characters):
        got = model.distribution(model.read(""))[place]
        assert got == pytest.approx(obvious.chance("$" + token), abs=1e-12)


@given(texts=TEXTS, more=TEXTS, order=st.integers(2, 9), weight=st.floats(0.05, 1))
def test_one_probability_is_the_same_by_step_and_by_score(
    texts: list[str], more: list[str], order: int, weight: float
) -> None:
    model = NgramModel.train(texts, order).tuned([Piece(text + "丙") for text in more], weight)
    text = "ab丙x甲ba"
    scored = model.chances([Piece(text)])
    assert len(scored) == len(text) + 1
    for place, character in enumerate(text):
        if character in model.ids:
            step = model.distribution(model.read(text[:place]))[model.ids[character]]
            assert scored[place] == pytest.approx(step)
    assert scored[-1] == pytest.approx(model.distribution(model.read(text))[END])


@given(texts=TEXTS, more=TEXTS, prompt=st.text(max_size=5))
def test_all_but_one_share_for_unseen_characters_sums_to_one(
    texts: list[str], more: list[str], prompt: str
) -> None:
    model = NgramModel.train(texts, 3).tuned([Piece(text) for text in more], 0.6)
    got = model.distribution(model.read(prompt))
    unseen = model.chances([Piece(prompt + "\U0010ffff")])[len(prompt)]
    assert (got > 0).all()
    assert got.sum() + unseen == pytest.approx(1)


def test_advancing_is_reading_one_more_character() -> None:
    model = NgramModel.train(["0:你好\n1:你也好\n", "0:好\n"], 4)
    text = "0:你也?你好\n"
    states = model.read("")
    for place, character in enumerate(text, 1):
        states = model.advance(states, model.ids.get(character, -1))
        assert states == model.read(text[:place])


def test_no_context_crosses_the_end_of_a_text() -> None:
    apart = NgramModel.train(["ab", "cd"], 3)
    assert apart.chances([Piece("cd")])[0] == apart.chances([Piece("ab")])[0]
    assert apart.distribution(apart.read("ab"))[END] > 0.2


def test_tuning_keeps_the_tokens_of_the_base_and_adds_its_own() -> None:
    base = NgramModel.train(["甲乙"], 3)
    tuned = base.tuned([Piece("乙丁丙")], 0.7).tuned([Piece("丙戊")], 0.5)
    assert tuned.characters == base.characters + "丁丙戊"
    assert tuned.weights == pytest.approx((0.15, 0.35, 0.5))
    assert tuned.order == base.order


def test_digests_tell_models_apart_and_only_models() -> None:
    model = NgramModel.train(["甲乙"], 3)
    assert model.digest == NgramModel.train(iter(["甲乙"]), 3).digest
    others = [
        NgramModel.train(["甲丙"], 3),
        NgramModel.train(["甲乙"], 4),
        NgramModel.train(["甲乙", "甲乙"], 3),
        model.tuned([Piece("甲乙")], 0.5),
        model.tuned([Piece("甲乙")], 0.6),
    ]
    assert len({model.digest, *(other.digest for other in others)}) == 6


def test_nothing_to_learn_is_said() -> None:
    for texts in ([], ["", ""]):
        with pytest.raises(DataError, match="no text to learn"):
            NgramModel.train(texts, 5)


def test_an_empty_text_costs_its_end_and_no_text_costs_nothing() -> None:
    model = NgramModel.train(["ab"], 3)
    assert model.nats_per_character([]) == 0
    end = model.distribution(model.read(""))[END]
    assert model.nats_per_character([Piece("")]) == pytest.approx(-math.log(end))


@pytest.mark.real_data
def test_real_scripts_cost_what_the_benchmark_says() -> None:
    files = sorted((c3_folder() / "scripts").glob("*.txt"))
    scripts = [file.read_text(encoding="utf-8") for file in files]
    held = [Piece(script) for script in scripts[::10]]
    model = NgramModel.train((s for place, s in enumerate(scripts) if place % 10), 5)
    assert model.nats_per_character(held) == pytest.approx(4.065, abs=0.001)
    assert np.isclose(model.distribution(model.read("0:")).sum(), 1, atol=1e-3)
