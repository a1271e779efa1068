"""Counts of a corpus, worked out by hand for a small one."""

from dataclasses import replace

import pytest

from dialogues import dialogue
from support import c3_folder
from xiangsheng.core.canonical import digest
from xiangsheng.core.errors import UsageError
from xiangsheng.core.results import CorpusSummary
from xiangsheng.core.script import Line, Script
from xiangsheng.corpus.statistics import (
    Longest,
    Spread,
    Suitability,
    corpus_stats,
    is_han,
    summarise,
)
from xiangsheng.corpus.study import study_data

SMALL = Script("a", "大话", (Line("0", "好"), Line("1", "好，𠮷！"), Line("1", "A")), genre="对口")
OTHER = Script("b", "", (Line("0", "好"), Line("1", "说")))


def test_the_small_corpus() -> None:
    stats = corpus_stats([SMALL, OTHER])
    assert (stats.scripts, stats.lines, stats.characters) == (2, 5, 8)
    assert (stats.han_characters, stats.distinct_characters) == (5, 6)
    assert stats.lines_per_script == Spread(2, 2.5, 3, 2.25, 2.75)
    assert stats.characters_per_line == Spread(1, 1, 4, 1, 1)
    assert stats.same_speaker_share == 1 / 3
    assert stats.genres == {"对口": 1, "": 1}
    assert stats.untitled == 1
    assert stats.longest == Longest("a", 2, 4)


def test_one_script_of_one_length_is_spread_from_itself_to_itself() -> None:
    assert corpus_stats([SMALL]).lines_per_script == Spread(3, 3, 3, 3, 3)


def test_what_a_test_set_can_be_chosen_from() -> None:
    line = "这一行有十二个字，不多不少。"
    twins = [
        replace(dialogue(id_, 19), lines=(*dialogue(id_, 19).lines, Line("1", line)))
        for id_ in "ab"
    ]
    listed = replace(dialogue("c", 30), lines=(Line("0", "好。"),) * 29 + (Line("1", "好" * 121),))
    found = corpus_stats([*twins, dialogue("d", 19), listed]).suitability
    assert found == Suitability(
        lines=20,
        long_enough=3,
        with_window=2,
        long_lines=1,
        short_replies_share=29 / 89,
        shared_lines=1,
        sharing_scripts=2,
    )


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
    assert (train.suitability.long_enough, train.suitability.with_window) == (310, 302)
    assert (train.suitability.shared_lines, train.suitability.sharing_scripts) == (123, 7)
