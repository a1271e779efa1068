"""The section on what was taken from training scripts."""

import re
from dataclasses import replace

import studies
from xiangsheng import report
from xiangsheng.core.results import Copied, CopiedSpan, Source, Study
from xiangsheng.report.copied import MOST, longest_spans, novelty_rows, source_words, span_words
from xiangsheng.report.figures import ordinal


def section(study: Study) -> str:
    found = re.search(r'<section id="copied".*?</section>', report.html(study), re.DOTALL)
    return found[0] if found else ""


def span(characters: int, system: str = "tuned") -> CopiedSpan:
    return CopiedSpan(system, f"item-{characters}", "字" * characters, characters, 1, ())


def test_spans_stand_beside_the_novelty_figures_with_item_and_source() -> None:
    page = section(studies.full())
    assert "Novelty, 10-grams" in page
    assert "[83.12, 86.04]" in page
    assert "今儿咱们说说修雨伞这一行" in page
    assert "last-ten/s-044" in page
    assert "training script t-012, line 8–9" in page
    assert "训练剧本 t-012 第 8–9 行" in page


def test_real_lines_are_a_measure_and_not_in_the_list() -> None:
    page = section(studies.full())
    assert "15,222" in page
    assert "各位好，我先鞠躬三下" not in page


def test_only_the_ten_longest_are_listed() -> None:
    spans = tuple(span(length) for length in range(40, 10, -1))
    found = Copied(10, (), (span(50, "real"), *spans))
    assert longest_spans(found) == spans[:MOST]
    page = section(replace(studies.full(), copied=found))
    assert "item-31" in page
    assert "item-30" not in page


def test_nothing_copied_is_said() -> None:
    page = section(studies.nothing())
    assert "No answer of a model holds such a span of 10 characters." in page
    assert "<ol" not in page


def test_a_study_without_it_has_no_such_section() -> None:
    study = studies.base_only()
    assert study.copied is None
    assert section(study) == ""
    assert "Taken from the training scripts" not in report.lab_log(study)


def test_many_sources_are_counted_and_a_few_named() -> None:
    sources = tuple(Source(f"t-{n}", n, n) for n in range(1, 6))
    found = source_words(replace(span(12), sources=sources))
    assert found.en == (
        "training script t-1, line 1, training script t-2, line 2, training script t-3, line 3 "
        "and 2 more"
    )
    assert span_words(replace(span(12), times=3)).zh == "12 字，共 3 次"


def test_three_orders_of_novelty_are_shown() -> None:
    assert [row.key for row in novelty_rows(studies.task())] == [
        "novelty_4",
        "novelty_7",
        "novelty_10",
    ]


def test_sections_are_numbered_in_chinese() -> None:
    assert [ordinal(n) for n in (1, 9, 10, 11, 19)] == ["一", "九", "十", "十一", "十九"]
