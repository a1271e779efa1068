import pytest

from xiangsheng.cli.old_spelling import dashed


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("--n_epochs 4", "--n-epochs 4"),
        ("--n_epochs=4 --suffix=a_b", "--n-epochs=4 --suffix=a_b"),
        ("-t my_file.jsonl --suffix a_b", "-t my_file.jsonl --suffix a_b"),
        ("--no_follow -- --as_it_is", "--no-follow -- --as_it_is"),
    ],
)
def test_underscores_in_names_are_dashes_and_values_stay(typed: str, meant: str) -> None:
    assert list(dashed(typed.split())) == meant.split()
