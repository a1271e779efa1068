"""Shared runs, against looking for every run in every source."""

from hypothesis import example, given, settings
from hypothesis import strategies as st

from xiangsheng.text.shared_runs import shared_runs

TEXTS = st.lists(st.text("ab好", max_size=12) | st.text("a", max_size=12), max_size=4)


def by_search(texts: list[str], sources: list[str], at_least: int) -> list[tuple[int, int, int]]:
    """(text, start, length) of every run that cannot be made longer."""

    def held(run: str) -> bool:
        return any(run in source for source in sources)

    return [
        (number, start, end - start)
        for number, text in enumerate(texts)
        for start in range(len(text))
        for end in range(start + max(1, at_least), len(text) + 1)
        if held(text[start:end])
        and not (start and held(text[start - 1 : end]))
        and not (end < len(text) and held(text[start : end + 1]))
    ]


@settings(max_examples=400)
@given(TEXTS, TEXTS, st.integers(0, 5))
@example(["a" * 12], ["a" * 7, "b"], 1)
@example(["ab"], ["b", "ab"], 1)
@example([], ["a"], 1)
@example(["a"], [], 1)
@example(["", ""], ["", ""], 1)
@example(["\ud800a"], ["\ud800a"], 2)
def test_it_finds_what_searching_finds(texts: list[str], sources: list[str], at_least: int) -> None:
    runs = shared_runs(texts, sources, at_least)
    assert [(run.text, run.start, run.length) for run in runs] == by_search(
        texts, sources, at_least
    )
    for run in runs:
        shared = texts[run.text][run.start : run.start + run.length]
        assert sources[run.source].startswith(shared, run.source_start)
