from dataclasses import replace
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from xiangsheng.core.canonical import canonical_json, digest
from xiangsheng.core.generation import OutcomeKind, Sampling


def test_one_value_has_one_spelling() -> None:
    assert canonical_json({"b": [1, "哏"], "a": None}) == '{"a":null,"b":[1,"哏"]}'
    assert canonical_json({"b": Decimal("0.10"), "a": OutcomeKind.OK}) == '{"a":"ok","b":"0.10"}'


@given(st.dictionaries(st.text(), st.integers()))
def test_the_order_of_keys_changes_nothing(table: dict[str, int]) -> None:
    assert digest(table) == digest(dict(reversed(table.items())))


def test_every_field_counts() -> None:
    one = Sampling()
    others = (
        replace(one, temperature=0.5),
        replace(one, stop=("\n",)),
        replace(one, logit_bias={"哏": 1.0}),
        replace(one, seed=1),
    )
    assert len({digest(sampling) for sampling in (one, *others)}) == 5
    assert digest(Sampling()) == digest(one)


def test_a_lone_surrogate_has_a_digest() -> None:
    assert digest("\ud800") != digest("\udfff")
