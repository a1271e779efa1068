"""The bundled corpus: forty scripts of our own, in one strict format."""

import re
import tomllib
from collections import defaultdict
from itertools import pairwise
from pathlib import Path

import pytest

import xiangsheng

BUNDLED = Path(xiangsheng.__file__).parent / "corpus" / "bundled"
TRAIN = sorted((BUNDLED / "train").glob("*.txt"))
TEST = sorted((BUNDLED / "test").glob("*.txt"))
KEYS = {"title", "genre", "device", "joke", "dougen", "penggen", "licence", "source"}
RUN = 10  # characters that no two scripts may share

every_script = pytest.mark.parametrize("path", TRAIN + TEST, ids=lambda path: path.stem)


def parts(path: Path) -> tuple[dict[str, str], list[str]]:
    """The front matter, and the lines below it with their labels."""
    before, header, body = path.read_text(encoding="utf-8").split("+++\n")
    assert before == ""
    return tomllib.loads(header), body.splitlines()


def stock() -> set[str]:
    """Replies that any penggen gives, free to recur; the file is optional."""
    path = BUNDLED / "stock.txt"
    return set(path.read_text(encoding="utf-8").splitlines()) if path.is_file() else set()


def test_there_are_thirty_scripts_to_train_on_and_ten_to_test_on() -> None:
    assert (len(TRAIN), len(TEST)) == (30, 10)


@every_script
def test_the_bytes_are_utf8_with_plain_line_ends_and_a_final_newline(path: Path) -> None:
    content = path.read_bytes()
    assert not content.startswith(b"\xef\xbb\xbf")
    assert b"\r" not in content
    assert content.endswith(b"\n")
    assert not content.endswith(b"\n\n")


@every_script
def test_the_front_matter_has_exactly_the_agreed_keys(path: Path) -> None:
    header, _ = parts(path)
    assert set(header) == KEYS
    assert all(value.strip() for value in header.values())
    assert (header["dougen"], header["penggen"]) == ("甲", "乙")
    assert (header["genre"], header["licence"]) == ("对口相声", "Apache-2.0")


@every_script
def test_every_line_is_a_label_and_a_text_in_chinese_punctuation(path: Path) -> None:
    _, lines = parts(path)
    for line in lines:
        assert re.match(r"^(甲|乙)：\S", line), line
        assert not re.search(r"[,?!:]", line), line


@every_script
def test_a_script_is_of_stage_length(path: Path) -> None:
    _, lines = parts(path)
    assert 24 <= len(lines) <= 60


@pytest.mark.parametrize("path", TEST, ids=lambda path: path.stem)
def test_a_test_script_alternates(path: Path) -> None:
    _, lines = parts(path)
    assert all(line[0] != following[0] for line, following in pairwise(lines))


def test_titles_and_jokes_are_all_different_and_devices_many() -> None:
    headers = [parts(path)[0] for path in TRAIN + TEST]
    for key in ("title", "joke"):
        assert len({header[key] for header in headers}) == len(headers)
    assert len({header["device"] for header in headers}) >= 12


def test_training_shows_a_penggen_who_opens_and_a_speaker_who_goes_on() -> None:
    """Readers and renderings meet both cases in the bundled corpus already."""
    speakers = [[line[0] for line in parts(path)[1]] for path in TRAIN]
    assert any(labels[0] == "乙" for labels in speakers)
    assert sum(a == b for labels in speakers for a, b in pairwise(labels)) == 1


def test_no_two_scripts_share_a_run_of_ten_characters() -> None:
    """A shared run would leak from train to test, and reward copying."""
    allowed = stock()
    assert len(allowed) <= 40
    holders: defaultdict[str, set[str]] = defaultdict(set)
    for path in TRAIN + TEST:
        for line in parts(path)[1]:
            text = line[2:]
            if text not in allowed:
                for start in range(len(text) - RUN + 1):
                    holders[text[start : start + RUN]].add(path.stem)
    shared = {run: names for run, names in holders.items() if len(names) > 1}
    assert not shared
