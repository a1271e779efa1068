"""Price files: what is read, and how each mistake is told."""

import re
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xiangsheng.core.errors import DataError
from xiangsheng.core.price import Kind, Source
from xiangsheng.pricing.loading import load, parse

SOURCES = {"OA": Source("OA", "https://example.org")}
GOOD = """\
provider = "openai"

[schedules.peak]
zone = "Asia/Shanghai"
between = ["09:00-12:00"]

[[price]]
model = "davinci"
tuned = true
amounts = { input = "0.1200", output = "0.12" }
currency = "USD"
per = "1k"
from = "<=2022-02-26"
to = "2024-01-04"
hours = "not peak"
sources = ["OA"]
note = "a note"
state = "retired"
"""


def test_a_row_is_a_price_of_each_amount() -> None:
    file = parse(GOOD, "mine.toml", SOURCES)
    one, other = file.prices
    assert (one.kind, other.kind) == (Kind.INPUT, Kind.OUTPUT)
    assert one.amount == Decimal("0.1200")
    assert str(one.amount) == "0.1200"
    assert one.per_million == 120
    assert one.name == "openai:ft:davinci"
    assert one.kind_name == "ft_input"
    assert one.sources == (SOURCES["OA"],)
    assert one.hours
    assert one.hours.outside
    assert one.place == "mine.toml:7: price 1"


@pytest.mark.parametrize(
    ("old", "new", "said", "hint"),
    [
        ('"0.1200"', "0.12", r"input is 0.12, which is no text", "decimal in quotation marks"),
        ('"0.1200"', '"a lot"', "input is 'a lot', which is no number", "decimal"),
        ('"0.1200"', '"-1"', "input is '-1'", "from 0"),
        ('"0.1200"', '"NaN"', "input is 'NaN'", "from 0"),
        ('"0.1200"', '"inf"', "input is 'inf'", "from 0"),
        ("{ input", "{ inputs", "unknown kind of price inputs", "did you mean input"),
        ("{ input", "{ ft_input", "unknown kind of price ft_input", "tuned = true"),
        ('{ input = "0.1200", output = "0.12" }', "{}", "has no amounts", "amounts ="),
        ('"USD"', '"EUR"', "currency is 'EUR'", "USD, CNY"),
        ('"1k"', '"1K"', "per is '1K'", "1k, 1M, hour"),
        ("tuned = true", "tuned = 1", "tuned is 1", "tuned = true"),
        ("from =", "form =", "unknown key form", "did you mean from"),
        ("<=2022-02-26", "~2022", "'~2022' is not a date", "2026-01-31"),
        ("2024-01-04", "2021-01-04", "it ends", "2026-01-31"),
        ('["OA"]', '["OB"]', "unknown source OB", "add it to sources.toml"),
        ('["OA"]', "[]", "has no source", "sources ="),
        ("not peak", "night", "unknown hours night", "schedules of this file: peak"),
        ('"retired"', '"old"', "state is 'old'", "beta, promotion, retired"),
        ("Asia/Shanghai", "Mars", "no time zone 'Mars'", "zone ="),
        ("09:00-12:00", "9-12", "'9-12' is no span of hours", "between ="),
        ('model = "davinci"', "", "model is missing", 'model = "…"'),
        ("[[price]]", "[[prices]]", "unknown part prices", r"\[\[price\]\]"),
        ("[[price]]", "[[price]", "is not TOML", "mend"),
        ("[[price]]", "[price]", "price is one table", "two brackets"),
    ],
)  # fmt: skip
def test_each_mistake_has_its_place_and_what_to_do(
    old: str, new: str, said: str, hint: str
) -> None:
    text = GOOD.replace(old, new)
    assert text != GOOD
    with pytest.raises(DataError, match=said) as error:
        parse(text, "mine.toml", SOURCES)
    assert error.value.where.startswith("mine.toml")
    assert re.search(hint, error.value.hint)
    assert error.value.code == "price_book"


def test_the_number_and_line_are_of_the_entry_that_is_wrong() -> None:
    text = GOOD + '\n[[price]]\nmodel = "ada"\n'
    with pytest.raises(DataError) as error:
        parse(text, "mine.toml", SOURCES)
    assert error.value.where == "mine.toml:20: price 2"


def test_two_prices_of_one_thing_at_one_time_are_refused() -> None:
    row = GOOD[GOOD.index("[[price]]") :].replace("<=2022-02-26", "2023-01-01")
    with pytest.raises(DataError, match=r"ft_input of openai:ft:davinci holds while that of mine"):
        parse(GOOD + row, "mine.toml", SOURCES)
    later = row.replace('to = "2024-01-04"', 'to = "open"').replace("2023-01-01", "2024-01-04")
    assert len(parse(GOOD + later, "mine.toml", SOURCES).prices) == 4


def test_a_persons_own_file_needs_no_source(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_bytes(b"\xef\xbb\xbf" + GOOD.replace('sources = ["OA"]\n', "").encode())
    (price, _) = load(path, {}).prices
    assert price.own
    assert [source.where for source in price.sources] == [str(path)]
    path.write_text(GOOD.replace('["OA"]', '["the invoice of March"]'), "utf-8")
    assert load(path, {}).prices[0].sources[0].where == "the invoice of March"


def test_a_file_in_another_encoding_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_bytes(GOOD.replace("a note", "备注").encode("gb18030"))
    with pytest.raises(DataError, match="is not UTF-8"):
        load(path, SOURCES)


VALUES = st.recursive(
    st.sampled_from(['"davinci"', '"0.1"', '"USD"', '"1k"', '"open"', '"2022-01-01"', "1", "true"]),
    lambda inner: st.lists(inner, max_size=2).map(lambda parts: f"[{', '.join(parts)}]"),
    max_leaves=3,
)


@given(
    st.dictionaries(
        st.sampled_from(
            ["model", "models", "amounts", "currency", "per", "from", "to", "sources", "tuned"]
        ),
        VALUES,
    )
)
def test_any_row_is_read_or_refused_with_its_place(row: dict[str, str]) -> None:
    lines = [f"{key} = {value}" for key, value in row.items()]
    text = 'provider = "x"\n[[price]]\n' + "\n".join(lines) + "\n"
    error = refused(text)
    if error:
        assert error.hint
    else:
        assert parse(text, "any.toml", own=True).prices


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused(text: str) -> None:
    error = refused(text)
    assert error is None or error.where.startswith("any.toml")


def refused(text: str) -> DataError | None:
    try:
        parse(text, "any.toml", own=True)
    except DataError as error:
        return error
    return None
