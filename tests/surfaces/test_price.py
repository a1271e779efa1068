"""`price list` and `price show`."""

import json
import unicodedata
from typing import Any

import pytest

from surfaces.command import Command

MINE = """\
[[price]]
provider = "openai"
model = "gpt-4o"
amounts = { input = "2.00" }
currency = "USD"
per = "1M"
from = "2026-01-01"
to = "open"
note = "our contract"
"""


def document(command: Command, *arguments: str) -> Any:
    result = command.call(*arguments, "--json")
    assert (result.code, result.err) == (0, "")
    found = json.loads(result.out)
    assert found["schema_version"] == 1
    return found


def width(line: str) -> int:
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in line)


def test_the_prices_of_the_log(command: Command) -> None:
    result = command.call("price", "list", "--on", "2022-02-26", "--provider", "openai")
    assert (result.code, result.err) == (0, "")
    rows = [line.split() for line in result.out.splitlines()]
    assert ["davinci", "30.00", "60.00", "60.00"] in rows
    assert ["ft:ada", "1.60", "1.60"] in rows
    assert "gpt-4o" not in result.out


def test_the_same_as_json_with_decimal_strings_and_sources(command: Command) -> None:
    found = document(command, "price", "list", "--on", "2022-02-26", "--provider", "openai")
    assert found["on"] == "2022-02-26"
    (train,) = [p for p in found["prices"] if (p["name"], p["kind"]) == ("openai:davinci", "train")]
    assert (train["amount"], train["per"], train["currency"]) == ("0.0300", "1k", "USD")
    assert (train["from"], train["to"]) == ("<=2022-02-26", "2024-01-04")
    assert set(train["sources"]) <= set(found["sources"])
    assert found["sources"]["OA-P22"]["where"].startswith("https://")


def test_one_kind_of_price(command: Command) -> None:
    call = ("price", "list", "--on", "2022-02-26", "--kind", "ft_output")
    found = document(command, *call)["prices"]
    assert {price["kind"] for price in found} == {"ft_output"}
    assert {price["model"] for price in found} == {"davinci", "curie", "babbage", "ada"}


def test_now_is_meant_where_no_day_is_given(command: Command) -> None:
    found = document(command, "price", "list", "--provider", "openai")
    assert found["on"].endswith("Z")
    assert "openai:davinci" not in {price["name"] for price in found["prices"]}


@pytest.mark.parametrize("chinese", [False, True])
def test_tables_fit_eighty_columns(
    command: Command, monkeypatch: pytest.MonkeyPatch, *, chinese: bool
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setattr("xiangsheng.cli.language.CHINESE", chinese)
    listed = command.call("price", "list", "--on", "2026-11-23").out
    assert ("每百万词元" in listed) is chinese
    shown = [
        command.call("price", "show", name).out
        for name in ("davinci", "deepseek-v4-pro", "qwen-max", "gpt-4.1-mini-2025-04-14")
    ]
    tables = [part.split("\n 1  ")[0] for part in shown]
    for line in "\n".join((listed, *tables)).splitlines():
        assert width(line) <= 80, line


def test_a_models_history_with_its_sources(command: Command) -> None:
    result = command.call("price", "show", "davinci")
    assert (result.code, result.err) == (0, "")
    rows = [line.split() for line in result.out.splitlines()]
    assert ["input", "0.0600", "USD/1k", "<=2022-02-26", "2022-09-01T00:00Z", "2"] in rows
    assert ["ft_output", "0.1200", "USD/1k", "<=2022-02-26", "2024-01-04", "4"] in rows
    assert "OA-H22  OpenAI help article 6485334" in result.out
    assert "<= seen on that day" in result.out


def test_only_a_days_prices_and_what_is_not_known_then(command: Command) -> None:
    found = document(command, "price", "show", "gpt-3.5-turbo", "--on", "2023-11-20")
    assert {(p["kind"], p["amount"]) for p in found["prices"]} == {
        ("train", "0.0080"),
        ("ft_input", "0.0030"),
        ("ft_output", "0.0060"),
        ("ft_batch_input", "0.0015"),
        ("ft_batch_output", "0.0030"),
    }
    earlier = document(command, "price", "show", "gpt-3.5-turbo", "--on", "2023-10-01")
    assert [price["kind"] for price in earlier["prices"]] == ["train"]
    assert "ft_input" in {unknown["kind"] for unknown in earlier["unknown"]}


def test_peak_hours_are_told(command: Command) -> None:
    out = command.call("price", "show", "deepseek-flash", "--on", "2026-11-23").out
    assert "Mon/Tue/Wed/Thu/Fri 09:00–12:00, 14:00–18:00 UTC+08:00" in out
    assert "outside" in out
    peak = document(command, "price", "show", "deepseek-flash", "--on", "2026-11-23T10:00+08:00")
    assert {price["hours"] for price in peak["prices"]} == {"peak"}


def test_how_a_cache_counts_is_told(command: Command) -> None:
    caching = document(command, "price", "show", "gpt-4o")["caching"]
    assert (caching["least"], caching["step"]) == (1024, 128)


def test_what_runs_here_costs_nothing(command: Command) -> None:
    found = document(command, "price", "show", "local:ada")
    assert found["name"] == "local:ada"
    assert {price["amount"] for price in found["prices"]} == {"0"}


@pytest.mark.parametrize("how", ["option", "environment", "home"])
def test_a_file_of_ones_own_comes_first(
    command: Command, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    path = command.write("mine.toml" if how != "home" else ".xiangsheng/prices.toml", MINE)
    call = ["price", "list", "--on", "2026-11-23", "--provider", "openai", "--kind", "input"]
    if how == "option":
        call += ["--prices", "mine.toml"]
    if how == "environment":
        monkeypatch.setenv("XIANGSHENG_PRICES", str(path))
    found = document(command, *call)["prices"]
    (price,) = [price for price in found if price["model"] == "gpt-4o"]
    assert (price["amount"], price["note"]) == ("2.00", "our contract")
    assert len(found) > 5


def test_no_home_is_made_to_look_at_prices(command: Command) -> None:
    assert command.call("price", "list").code == 0
    assert list(command.folder.iterdir()) == []


def test_a_control_character_in_ones_own_file_never_reaches_the_terminal(command: Command) -> None:
    command.write("mine.toml", MINE.replace("our contract", "\\u001b[31mred"))
    out = command.call("price", "show", "gpt-4o", "--prices", "mine.toml").out
    assert "\x1b" not in out
    assert "\\x1b[31mred" in out
