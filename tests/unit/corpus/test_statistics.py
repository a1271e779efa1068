"""Counts of a corpus, worked out by hand for a small one."""

from dataclasses import replace

import pytest

from support import c3_folder
from xiangsheng.core.canonical import digest
from xiangsheng.core.errors import UsageError
from xiangsheng.core.results import CorpusSummary
from xiangsheng.core.script import Line, Script
from xiangsheng.corpus.statistics import Longest, Spread, corpus_stats, is_han, summarise
from xiangsheng.corpus.study import study_data

SMALL = Script("a", "大话", (Line("0", "好"), Line("1", "好，𠮷！"), Line("1", "A")), genre="对口")
OTHER = Script("b", "", (Line("0", "好"), Line("1", "说")))


def test_the_small_corpus() -> None:
    stats = corpus_stats([SMALL, OTHER])
    assert (stats.scripts, stats.lines, stats.characters) == (2, 5, 8)
    assert (stats.han_characters, stats.distinct_characters) == (5, 6)
    assert stats.lines_per_script == Spread(2, 2.5, 3)
    assert stats.characters_per_line == Spread(1, 1, 4)
    assert stats.same_speaker_share == 1 / 3
    assert stats.genres == {"对口": 1, "": 1}
    assert stats.untitled == 1
    assert stats.longest == Longest("a", 2, 4)


def test_the_summary_has_the_same_counts() -> None:
    assert summarise("test", "here", [SMALL, OTHER]) == CorpusSummary("test", "here", 2, 5, 8, 6)


def test_nothing_has_no_statistics() -> None:
    with pytest.raises(UsageError, match="no line to count"):
        corpus_stats([])


def test_han_is_not_kana_or_punctuation() -> None:
    assert [is_han(c) for c in "哏𠮷㐀豈あ，Ａ"] == [True] * 4 + [False] * 3


def test_a_digest_changes_with_every_field() -> None:
    variants = [
        SMALL,
        replace(SMALL, title="小话"),
        replace(SMALL, id="c"),
        replace(SMALL, lines=SMALL.lines[:2]),
        replace(SMALL, summary="s"),
    ]
    digests = {digest([variant]) for variant in variants}
    assert len(digests) == len(variants)
    assert digest([SMALL, OTHER]) != digest([OTHER, SMALL])
    assert digest([SMALL]) == digest([replace(SMALL)])


@pytest.mark.real_data
def test_the_real_corpus() -> None:
    train = corpus_stats(study_data(c3_folder()).train)
    assert (train.scripts, train.lines, train.untitled) == (318, 35_219, 0)
    assert train.genres == {"对口相声": 318}
    assert train.longest.characters == 1208
