"""Shared runs, against looking for every substring."""

from hypothesis import given, settings
from hypothesis import strategies as st

from xiangsheng.text.held_runs import HeldRuns

TEXTS = st.lists(st.text("甲乙丙\ud800", max_size=25), max_size=6)


@settings(max_examples=300)
@given(TEXTS, TEXTS, st.integers(1, 8))
def test_texts_that_share_a_run_are_found(texts: list[str], sources: list[str], size: int) -> None:
    runs = {source[at : at + size] for source in sources for at in range(len(source) - size + 1)}
    wanted = [at for at, text in enumerate(texts) if any(run in text for run in runs)]
    assert HeldRuns.of(sources, size).among(texts) == wanted
