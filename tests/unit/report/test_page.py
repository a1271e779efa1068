"""The HTML page, read as a browser would read it."""

import re
from functools import cache
from html.parser import HTMLParser

import pytest

import studies
from xiangsheng import report

VOID = {"meta", "br", "link", "img", "input", "hr", "path", "line", "rect", "circle"}
STUDIES = {
    "full": studies.full,
    "base_only": studies.base_only,
    "few": studies.few,
    "nothing": studies.nothing,
    "hostile": studies.hostile,
}


class Reader(HTMLParser):
    """Tags with their attributes, ids, and the text of every element that is closed in order."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] not in {"script", "style"}:
            self.text.append(data)


@cache
def page_of(name: str) -> str:
    """Charts take a moment to draw: each page is made once."""
    return report.html(STUDIES[name]())


@pytest.fixture(params=STUDIES)
def page(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return page_of(name)


def test_every_element_is_closed_and_ids_are_unique(page: str) -> None:
    reader = Reader(page)
    assert reader.open == []
    ids = [found["id"] for _, found in reader.tags if "id" in found]
    assert len(ids) == len(set(ids))
    for _, found in reader.tags:
        for name in (found.get("aria-labelledby") or "").split():
            assert name in ids


def test_the_same_study_gives_the_same_page() -> None:
    assert report.html(studies.base_only()) == page_of("base_only")


def test_the_page_can_be_written_as_utf8(page: str) -> None:
    assert page.encode("utf-8").decode("utf-8") == page


def test_nothing_is_fetched(page: str) -> None:
    assert not re.search(r"""(?:src|href)\s*=\s*["'](?!\#)""", page)
    assert "url(" not in page
    assert "@import" not in page
    assert "default-src 'none'" in page


def test_every_word_of_chinese_has_english_beside_it(page: str) -> None:
    chinese = re.findall(r'<span class="zh" lang="zh-Hans">', page)
    pairs = re.findall(
        r'<span class="zh" lang="zh-Hans">[^<]+</span> <span class="en" lang="en">[^<]+</span>',
        page,
    )
    assert chinese
    assert len(pairs) == len(chinese)


def test_table_headers_say_what_they_head(page: str) -> None:
    headers = [found for tag, found in Reader(page).tags if tag == "th"]
    assert headers
    assert all(found.get("scope") in {"col", "row", "rowgroup"} for found in headers)


def test_every_value_has_its_interval_or_says_that_it_has_none() -> None:
    page = page_of("full")
    study = studies.full()
    for result in (*study.tasks, *filter(None, [study.real_lines])):
        scores = [score for found in result.systems for score in found.scores.values()]
        for score in [*scores, *result.differences.values()]:
            assert score.ci95 is not None
            low, high = (f"{abs(bound):.2f}" for bound in score.ci95)
            assert re.search(rf"\[[+−]?{low}, [+−]?{high}\]", page)
    alone = page_of("few")
    assert "no interval" in alone


def test_every_number_is_signed() -> None:
    study = studies.full()
    page = page_of("full")
    for result in (*study.tasks, *filter(None, [study.real_lines])):
        for found in result.systems:
            for score in found.scores.values():
                assert str(score.signature).replace("<", "&lt;") in page


def test_few_scripts_are_called_rough_and_many_are_not() -> None:
    assert "the intervals are rough" in page_of("few")
    assert "the intervals are rough" not in page_of("full")


def test_hostile_text_stays_text() -> None:
    page = page_of("hostile")
    reader = Reader(page)
    assert [tag for tag, _ in reader.tags].count("script") == 1
    assert "<script>alert" not in page
    assert "\u202e" not in page
    assert "\x00" not in page
    assert "⟨U+202E⟩" in page
    assert "⟨U+D800⟩" in page
    assert not [name for _, found in reader.tags for name in found if name.startswith("on")]
    assert "alert('x')" in "".join(reader.text)


def test_the_real_punctuation_is_kept() -> None:
    page = page_of("full")
    assert "您这是修雨伞啊，还是管天气啊？" in page
    assert "好。好。好。" in page


def test_a_base_alone_has_no_difference_and_names_what_was_not_measured() -> None:
    page = page_of("base_only")
    assert "tuned − base" not in page
    assert "not measured" in page
    assert "no tuned model stands beside it" in page


def test_rouge_is_shown_both_ways_with_the_reason() -> None:
    page = page_of("full")
    assert "ROUGE-L (missing = zero)" in page
    assert "ROUGE-L (missing = drop)" in page
    assert "Dropping empty answers rewards silence" in page


def test_currencies_are_not_added_up() -> None:
    page = page_of("full")
    assert "0.00 USD" in page
    assert "123.78 USD" in page
