"""The server's key: drawn once, kept as a digest."""

from collections.abc import Iterator
from hashlib import sha256
from itertools import count
from pathlib import Path

import pytest

from xiangsheng.core.errors import StoreError, UsageError
from xiangsheng.verbs.server_key import server_key


@pytest.fixture
def draw() -> Iterator[str]:
    return (f"key{number}" for number in count())


def digest(key: str) -> bytes:
    return sha256(key.encode()).digest()


def test_it_is_drawn_and_shown_at_the_first_start_only(tmp_path: Path, draw: Iterator[str]) -> None:
    first = server_key(None, tmp_path, lambda: next(draw), new=False)
    assert (first.shown, first.digest) == ("sk-xs-key0", digest("sk-xs-key0"))
    again = server_key(None, tmp_path, lambda: next(draw), new=False)
    assert (again.shown, again.digest) == ("", first.digest)
    assert not any("key0" in file.read_text() for file in tmp_path.iterdir())
    other = server_key(None, tmp_path, lambda: next(draw), new=True)
    assert other.shown == "sk-xs-key1"
    assert server_key(None, tmp_path, lambda: next(draw), new=False).digest == other.digest


def test_a_given_key_holds_and_is_not_kept(tmp_path: Path, draw: Iterator[str]) -> None:
    given = server_key("mine", tmp_path, lambda: next(draw), new=False)
    assert (given.shown, given.digest) == ("", digest("mine"))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("key", ["", " ", "a b", "密钥", "a\n", "a\x7f"])
def test_a_key_that_no_client_can_send_is_refused(tmp_path: Path, key: str) -> None:
    with pytest.raises(UsageError, match="printable ASCII"):
        server_key(key, tmp_path, lambda: "", new=False)


@pytest.mark.parametrize("kept", ["sk-xs-key0", "sha256:", "sha256:zz", "sha256:" + "0" * 63])
def test_a_file_that_is_damaged_is_named(tmp_path: Path, kept: str) -> None:
    (tmp_path / "server-key").write_text(kept)
    with pytest.raises(StoreError, match="damaged") as caught:
        server_key(None, tmp_path, lambda: "", new=False)
    assert "--new-key" in caught.value.hint
    assert server_key(None, tmp_path, lambda: "x", new=True).shown


def test_of_two_servers_that_start_together_one_key_holds(tmp_path: Path) -> None:
    def slowly() -> str:
        server_key(None, tmp_path, lambda: "quick", new=False)
        return "slow"

    second = server_key(None, tmp_path, slowly, new=False)
    assert (second.shown, second.digest) == ("", digest("sk-xs-quick"))
