import os
import stat
from pathlib import Path

import pytest

from xiangsheng.core.errors import StoreError
from xiangsheng.store.home import find_home


def test_the_nearest_home_upwards_is_used(tmp_path: Path) -> None:
    made = find_home(tmp_path, {})
    below = tmp_path / "a" / "b"
    below.mkdir(parents=True)
    found = find_home(below, {})
    assert (made.created, found.created) == (True, False)
    assert found.folder == made.folder == tmp_path / ".xiangsheng"


def test_git_never_sees_a_home(tmp_path: Path) -> None:
    home = find_home(tmp_path, {})
    assert (home.folder / ".gitignore").read_text() == "*\n"


def test_the_environment_names_another(tmp_path: Path) -> None:
    home = find_home(tmp_path, {"XIANGSHENG_HOME": str(tmp_path / "elsewhere")})
    assert home.folder == tmp_path / "elsewhere"
    assert home.runs.is_dir()


def test_a_home_that_was_half_made_is_completed(tmp_path: Path) -> None:
    (tmp_path / ".xiangsheng").mkdir()
    home = find_home(tmp_path, {})
    assert home.models.is_dir()
    assert not home.created


def test_who_only_reads_makes_no_home(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="no home here yet"):
        find_home(tmp_path, {}, make=False)
    assert list(tmp_path.iterdir()) == []
    made = find_home(tmp_path, {})
    assert find_home(tmp_path, {}, make=False).folder == made.folder


def test_a_home_of_nobody_is_named(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="of a user nobody knows"):
        find_home(tmp_path, {"XIANGSHENG_HOME": "~no-such-user-here/x"})


def told(folder: Path, mode: int) -> Path:
    """A home that remembers where its tables are."""
    file = find_home(folder, {}).address_file
    file.write_text("postgresql://me@host/kept\n")
    file.chmod(mode)
    return file


def test_its_tables_are_where_it_is_told_or_where_they_were(tmp_path: Path) -> None:
    assert find_home(tmp_path, {}).address == ""
    told(tmp_path, 0o644)
    assert find_home(tmp_path, {}).address == "postgresql://me@host/kept"
    named = find_home(tmp_path, {"XIANGSHENG_DATABASE": "postgresql://me:geheim@host/named"})
    assert named.address == "postgresql://me:geheim@host/named"
    assert "geheim" not in repr(named)


def test_an_address_that_cannot_be_read_is_no_reason_for_other_tables(tmp_path: Path) -> None:
    home = find_home(tmp_path, {})
    home.address_file.mkdir()
    with pytest.raises(StoreError, match="where this home's tables are cannot be read"):
        find_home(tmp_path, {})


@pytest.mark.parametrize("mode", [0o664, 0o646, 0o666])
def test_an_address_that_others_may_have_written_is_not_obeyed_unless_the_home_is_named(
    tmp_path: Path, mode: int
) -> None:
    file = told(tmp_path, mode)
    (tmp_path / "below").mkdir()
    with pytest.raises(StoreError, match="somebody else may have written") as caught:
        find_home(tmp_path / "below", {})
    assert caught.value.where == str(file)
    named = {"XIANGSHENG_HOME": str(file.parent)}
    assert find_home(tmp_path, named).address == "postgresql://me@host/kept"
    given = {"XIANGSHENG_DATABASE": "postgresql://me@host/given"}
    assert find_home(tmp_path, given).address == "postgresql://me@host/given"
    file.chmod(0o600)
    assert find_home(tmp_path, {}).address == "postgresql://me@host/kept"


def test_an_address_is_obeyed_that_is_of_the_user_or_of_root(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = os.fstat

    def belongs_to(owner: int) -> None:
        def of_owner(descriptor: int) -> os.stat_result:
            about = list(real(descriptor))
            about[stat.ST_UID] = owner
            return os.stat_result(about)

        monkeypatch.setattr("os.fstat", of_owner)

    told(tmp_path, 0o644)
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    for owner in (1000, 0):
        belongs_to(owner)
        assert find_home(tmp_path, {}).address == "postgresql://me@host/kept"
    belongs_to(1001)
    with pytest.raises(StoreError) as caught:
        find_home(tmp_path, {})
    assert caught.value.code == "address_of_others"


def test_a_place_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError) as caught:
        find_home(tmp_path, {"XIANGSHENG_HOME": str(tmp_path / "file" / "home")})
    assert "XIANGSHENG_HOME" in caught.value.hint
