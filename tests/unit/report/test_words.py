"""Both languages are complete, and nothing is said that is not in the word list."""

import re
import string
from importlib.resources import files
from pathlib import Path

import pytest

from xiangsheng.core.generation import OutcomeKind
from xiangsheng.core.words import Words
from xiangsheng.report.verdict import Verdict
from xiangsheng.report.view import SECTIONS
from xiangsheng.report.words import metric, metrics, phrases, say

HOUSE = Path(str(files("xiangsheng.report")))
SAID = re.compile(r"""say\(\s*"(\w+)\"""")


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def said_somewhere() -> set[str]:
    sources = [*HOUSE.rglob("*.py"), *HOUSE.rglob("*.j2")]
    return {key for path in sources for key in SAID.findall(path.read_text("utf-8"))}


@pytest.mark.parametrize("key", sorted(phrases()))
def test_a_phrase_has_both_languages_with_the_same_blanks(key: str) -> None:
    words = phrases()[key]
    assert words.zh.strip()
    assert words.en.strip()
    assert placeholders(words.zh) == placeholders(words.en)
    assert not re.search(r"[\u4e00-\u9fff]", words.en)


@pytest.mark.parametrize("key", sorted(metrics()))
def test_a_metric_is_named_and_explained_in_both_languages(key: str) -> None:
    entry = metrics()[key]
    assert entry.help is not None
    assert all((entry.name.zh, entry.name.en, entry.help.zh, entry.help.en))
    assert re.search(r"[\u4e00-\u9fff]", entry.help.zh)
    assert entry.better in {"", "higher", "lower"}


def test_everything_said_is_in_the_list() -> None:
    computed = {*SECTIONS, *map(str, Verdict), *map(str, OutcomeKind)}
    computed |= {f"says_{verdict}" for verdict in Verdict}
    assert (said_somewhere() | computed) <= set(phrases())


def test_nothing_in_the_list_is_never_said() -> None:
    sources = (path for kind in ("py", "j2", "js") for path in HOUSE.rglob(f"*.{kind}"))
    text = "".join(path.read_text("utf-8") for path in sources)
    computed = {f"says_{verdict}" for verdict in Verdict} | {*map(str, OutcomeKind)}
    computed |= {"missing_zero", "missing_drop", "next_line", "last_ten", *map(str, Verdict)}
    assert [key for key in phrases() if key not in computed and f'"{key}"' not in text] == []


def test_templates_hold_no_prose_of_their_own() -> None:
    allowed = {"中文", "双语", "相", "声", "一二三四五六七八九十"}
    for path in HOUSE.rglob("*.j2"):
        found = set(re.findall(r"[\u4e00-\u9fff]+", path.read_text("utf-8")))
        assert found <= allowed, path


def test_words_enter_words_in_their_own_language() -> None:
    filled = say("says_better", metrics=Words.listed([Words("甲", "A"), Words("乙", "B")]))
    assert filled == Words("微调后在 甲、乙 上更好。", "Tuning made it better on A, B.")


def test_a_value_with_braces_stays_as_it_is() -> None:
    assert "{run}" in say("source", source="{run}").zh


def test_a_metric_nobody_described_is_called_by_its_own_name() -> None:
    assert metric("wit_7").name == Words("wit_7", "wit_7")
    assert metric("novelty_4").name.en == "Novelty, 4-grams"
    assert metric("rouge_l_zero").name.en == "ROUGE-L (missing = zero)"
    assert metric("loop_rate").name == metric("loop").name
