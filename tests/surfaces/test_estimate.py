"""`estimate train`, `generate`, `run`."""

import json
import unicodedata
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from support import c3_folder
from surfaces.command import Command

LOG = ("--on", "2022-02-26")
SCRIPTS = "甲:您听说过吗？\n乙:听说什么？\n甲:这就说给您听。\n乙:您说。\n" * 3


def document(command: Command, *arguments: str) -> Any:
    result = command.call("estimate", *arguments, "--json")
    assert result.code == 0, result.err
    found = json.loads(result.out)
    assert found["schema_version"] == 1
    return found


def jsonl(*rows: object) -> str:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def width(line: str) -> int:
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in line)


def test_a_million_tokens_with_all_four_models_of_the_log(command: Command) -> None:
    call = ("train", "--tokens", "1000000", "--epochs", "4", "-m", "davinci", *LOG)
    found = document(command, *call, "--compare", "curie,babbage", "--compare", "ada")
    assert found["cost"]["amount"] == found["cost"]["low"] == found["cost"]["high"] == "120.00"
    assert found["tokens"]["prompt"] == 1_000_000
    assert found["tokens"]["distinct"] is None
    assert [other["cost"]["amount"] for other in found["compare"]] == ["12.00", "2.40", "1.60"]
    assert [other["model"] for other in found["compare"]] == [
        f"openai:{name}" for name in ("curie", "babbage", "ada")
    ]
    assert any("1.4 MB of Chinese" in said for said in found["assumptions"])


def test_scripts_in_turns_and_what_whole_scripts_would_save(command: Command) -> None:
    command.write("mine.txt", SCRIPTS)
    found = document(command, "train", "mine.txt", "-m", "davinci", *LOG)
    assert found["items"] == 11
    (script,) = [way for way in found["ways"] if way["name"] == "script"]
    assert script["times_less"] > 3
    whole = document(command, "train", "mine.txt", "--as", "script", "-m", "davinci", *LOG)
    assert script["cost"] == {key: whole["cost"][key] for key in script["cost"]}
    windowed = document(command, "train", "mine.txt", "--set", "history=1", "-m", "davinci", *LOG)
    assert Decimal(windowed["cost"]["amount"]) < Decimal(found["cost"]["amount"])


def test_examples_as_a_file(command: Command) -> None:
    command.write(
        "mine.jsonl",
        jsonl(
            {"prompt": "0:您好\n1:", "completion": "好\n"},
            {"prompt": "0:您好\n1:好\n0:", "completion": "再见\n"},
        ),
    )
    found = document(command, "train", "mine.jsonl", "-m", "davinci", "--epochs", "1", *LOG)
    total = found["tokens"]["prompt"] + found["tokens"]["completion"]
    assert Decimal(found["cost"]["amount"]) == Decimal(total * 3) / 100_000
    assert found["tokens"]["distinct"] < total
    assert [way["name"] for way in found["ways"]] == ["once"]
    command.write(
        "chat.jsonl",
        jsonl(
            {
                "messages": [
                    {"role": "user", "content": "您好"},
                    {"role": "assistant", "content": "好"},
                ]
            }
        ),
    )
    chat = document(command, "train", "chat.jsonl", "-m", "local:ada")
    assert (chat["tokens"]["prompt"], chat["tokens"]["completion"]) == (2, 2)
    assert chat["cost"]["amount"] == "0.00"
    assert chat["seconds"] == pytest.approx(4 * 4 / 15_000)


def test_prompts_given_and_in_files(command: Command) -> None:
    given = document(command, "generate", "-p", "0:您好\\n1:", "-m", "ngram:5", "--max-tokens", "7")
    assert (given["tokens"]["prompt"], given["tokens"]["completion"]) == (7, 7)
    command.write("one.txt", "0:您好\n1:")
    whole = document(
        command, "generate", "one.txt", "-m", "ngram:5", "-n", "2", "--answer-tokens", "5"
    )
    assert (whole["tokens"]["prompt"], whole["tokens"]["completion"]) == (7, 10)
    assert whole["tokens"]["completion_range"] == [0, 32]
    command.write("some.jsonl", jsonl({"prompt": "您好", "completion": "好"}, {"prompt": "再见"}))
    some = document(command, "generate", "some.jsonl", "-p", "谁？", "-m", "ngram:5")
    assert (some["items"], some["tokens"]["prompt"]) == (3, 6)
    messages = [{"role": "user", "content": "您好"}, {"role": "assistant", "content": "好啊"}]
    command.write("chat.jsonl", jsonl({"messages": messages}))
    chat = document(command, "generate", "chat.jsonl", "-m", "ngram:5")
    assert (chat["tokens"]["prompt"], chat["tokens"]["completion"]) == (2, 2)


def test_a_run_on_our_own_scripts_with_another_model_beside_it(command: Command) -> None:
    found = document(
        command, "run", "exp2", "-m", "davinci", *LOG, "--compare", "local:ada,deepseek-chat"
    )
    assert set(found["tasks"]) == {"next-line", "last-ten", "real-lines"}
    assert set(found["tasks"]["next-line"]["systems"]) == {"base", "tuned"}
    parts = [*found["tasks"].values(), found["training"]]
    total = sum(Decimal(part["cost"]["amount"]) for part in parts)
    assert abs(total - Decimal(found["cost"]["amount"])) < Decimal("0.05")
    requests = sum(part["tokens"]["prompt"] for part in found["tasks"].values())
    assert found["tokens"]["prompt"] == requests
    here, unknown = found["compare"]
    assert here["cost"]["amount"] == "0.00"
    assert here["training"]["seconds"] > 0
    assert unknown["cost"] is None
    assert "input: not known on 2022-02-26; known from 2025-02-07: 0.14 USD" in unknown["reason"]
    assert not (command.folder / ".xiangsheng").exists()


@pytest.mark.parametrize("chinese", [False, True])
def test_tables_fit_eighty_columns(
    command: Command, monkeypatch: pytest.MonkeyPatch, *, chinese: bool
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setattr("xiangsheng.cli.language.CHINESE", chinese)
    result = command.call(
        *("estimate", "run", "exp2", "-m", "davinci", *LOG),
        *("--compare", "local:davinci,dashscope:qwen3-30b-a3b-instruct-2507"),
    )
    assert result.code == 0, result.err
    assert ("花费：" in result.out) is chinese
    assert ("以上根据" in result.out) is chinese
    tables = [line for line in result.out.splitlines() if not line.startswith("  ")]
    assert len(tables) > 15
    for line in tables:
        assert width(line) <= 80, line


def test_an_unknown_price_is_an_error_for_the_model_asked_for_only(command: Command) -> None:
    refused = command.call("estimate", "train", "--tokens", "9", "-m", "zhipu:glm-5.3")
    assert refused.code == 1
    assert refused.out == ""
    assert "train price of zhipu:glm-5.3 is unknown" in refused.err
    found = document(
        command, "train", "--tokens", "9", "-m", "davinci", *LOG, "--compare", "zhipu:glm-5.3"
    )
    assert found["compare"][0]["cost"] is None


def test_a_price_of_ones_own(command: Command) -> None:
    command.write(
        "mine.toml",
        '[[price]]\nprovider = "zhipu"\nmodel = "glm-5.3"\namounts = { train = "0.02" }\n'
        'currency = "CNY"\nper = "1k"\nfrom = "2026-01-01"\nto = "open"\n',
    )
    call = ("train", "--tokens", "1000", "--epochs", "1", "-m", "zhipu:glm-5.3")
    found = document(command, *call, "--prices", "mine.toml")
    assert (found["cost"]["amount"], found["cost"]["currency"]) == ("0.02", "CNY")


def test_a_currency_can_be_chosen(command: Command) -> None:
    call = ("generate", "-p", "您好", "-m", "dashscope:qwen-plus", "--on", "2026-11-25")
    assert document(command, *call)["cost"]["currency"] == "USD"
    assert document(command, *call, "--currency", "CNY")["cost"]["currency"] == "CNY"


@pytest.mark.real_data
def test_the_950_prompts_of_the_log(command: Command) -> None:
    data = str(c3_folder())
    found = document(command, "run", "exp1", "--data", data, "-m", "openai:davinci", *LOG)
    lines = found["tasks"]["next-line"]
    assert (lines["items"], lines["tokens"]["prompt"]) == (950, 380_111)
    assert lines["tokens"]["distinct"] == 39_994
    assert lines["cost"]["prompt"] == "22.81"
    assert lines["cost"]["currency"] == "USD"
    for cost in (lines["cost"], found["cost"]):
        assert Decimal(cost["low"]) <= Decimal("25.38") <= Decimal(cost["high"])
    assert any("45 tokens an answer" in said and "25.37" in said for said in lines["assumptions"])


@pytest.mark.real_data
def test_turns_of_the_real_scripts_cost_76_times_as_much(command: Command) -> None:
    scripts = str(Path(c3_folder()) / "scripts")
    found = document(command, "train", scripts, "-m", "davinci", *LOG)
    assert found["items"] == 34_901
    assert found["tokens"]["prompt"] + found["tokens"]["completion"] == 120_117_464
    assert found["cost"]["amount"] == "14414.10"
    (script,) = found["ways"]
    assert script["name"] == "script"
    assert script["cost"]["amount"] == "189.07"
    assert round(script["times_less"], 1) == 76.2
