"""The thread from scripts to report, on the bundled scripts and on the real ones."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from support import ROOT, c3_folder
from surfaces.command import Command
from xiangsheng.metrics.names import TEN


def test_the_demo_tunes_asks_scores_and_reports(command: Command) -> None:
    result = command.call("demo")
    assert result.code == 0, result.err
    assert "next-line: 190 prompts, 10 scripts" in result.out
    assert re.search(
        r"^perplexity on real lines: base \d+\.\d \[[\d., ]+\], tuned \d+\.\d \[[\d., ]+\], "
        r"difference -?\d+\.\d \[[-\d., ]+\]$",
        result.out,
        re.MULTILINE,
    )
    assert "Spent: 0.00 USD. On GPT-3 davinci in 2022: about" in result.out
    assert "below 20, intervals are rough" in result.out
    (page,) = command.folder.glob(".xiangsheng/runs/exp2-*/report.html")
    assert str(page) in result.out
    assert "排队" in page.read_text(encoding="utf-8")


def test_json_is_all_that_goes_to_stdout_and_holds_every_number(command: Command) -> None:
    result = command.call("run", "exp2", "-m", "ngram:5", "--json")
    document = json.loads(result.out)
    assert document["schema_version"] == 1
    for task, items in (("next-line", 190), ("last-ten", 10)):
        found = document["tasks"][task]
        for system in ("base", "tuned"):
            assert found["systems"][system]["n"] == items
            assert tuple(found["systems"][system]["metrics"]) == TEN
        for score in found["differences"].values():
            low, high = score["ci95"]
            assert low <= score["value"] <= high
    assert found["systems"]["tuned"]["model"].startswith("ngram:5:ft-bundled-")
    real = document["real_lines"]
    assert set(document["tasks"]) == {"next-line", "last-ten"}
    base, tuned = (real["systems"][system] for system in ("base", "tuned"))
    assert (base["n"], base["outcomes"]) == (10, {"ok": 10})
    assert base["perplexity"]["value"] > tuned["perplexity"]["value"] > 1
    assert "|per:character, line breaks counted" in base["perplexity"]["signature"]
    assert "|missing:drop|n:10|" in base["perplexity"]["signature"]
    assert real["differences"]["perplexity"]["value"] < 0


def test_the_same_study_again_is_already_complete(command: Command) -> None:
    first = json.loads(command.call("run", "exp1", "-m", "ngram:5", "--json").out)
    again = command.call("run", "exp1", "-m", "ngram:5", "--json")
    assert "already complete" in again.err
    assert json.loads(again.out) == first
    assert command.call("resume", first["run"]).code == 0


def test_another_sampling_is_another_run_and_equal_requests_can_be_reused(
    command: Command,
) -> None:
    command.call("run", "exp1", "-m", "ngram:5")
    changed = command.call(
        "run",
        "exp1",
        "-m",
        "ngram:5",
        "--reuse",
        "--set",
        "tasks.last-ten.sampling.temperature=1.0",
    )
    assert "next-line · base: 190/190 · reused 190" in changed.err
    assert "last-ten · base: 0/10" in changed.err
    assert len(list(command.folder.glob(".xiangsheng/runs/*/report.html"))) == 2


def test_a_tuned_model_completes_and_is_listed(command: Command) -> None:
    command.call("run", "exp2", "-m", "ngram:5")
    listed = command.call("models", "--json")
    (model,) = json.loads(listed.out)["models"]
    asked = ("complete", "-m", model["name"], "-p", r"0:您听说了吗？\n1:", "--stop", r"\n")
    one, two = command.call(*asked), command.call(*asked)
    assert one.code == 0, one.err
    assert one.out == two.out
    assert one.out.strip()
    assert "\n" not in one.out.rstrip("\n")
    echoed = command.call(*asked, "--echo")
    assert echoed.out == "0:您听说了吗？\n1:" + one.out


def test_how_likely_a_text_is_can_be_asked(command: Command) -> None:
    text = ("complete", "-m", "ngram:5", "-p", r"0:您听说了吗？\n1:")
    shown = command.call(*text, "--echo", "--max-tokens", "0", "--logprobs", "2")
    assert shown.out == "0:您听说了吗？\n1:\n"
    told = command.call(*text, "--echo", "-M", "0", "--logprobs", "2", "--json")
    (completion,) = json.loads(told.out)["completions"]
    assert "".join(token["token"] for token in completion["logprobs"]) == completion["text"]
    assert completion["echoed"] == len(completion["text"])
    assert all(token["logprob"] < 0 and len(token["top"]) == 2 for token in completion["logprobs"])


def test_a_report_and_a_log_are_made_again_from_the_run_alone(command: Command) -> None:
    command.call("run", "exp1", "-m", "ngram:5")
    result = command.call("report", "exp1", "-o", "elsewhere.html")
    assert result.out == "elsewhere.html\n"
    (page,) = command.folder.glob(".xiangsheng/runs/*/report.html")
    elsewhere = command.folder / "elsewhere.html"
    assert elsewhere.read_bytes() == page.read_bytes()
    log = command.call("log").out
    assert log.startswith("# ")
    assert "ngram:5" in log


def spoken(command: Command, locale: str, *arguments: str) -> str:
    """Standard output in a locale; the language is chosen when the process starts."""
    process = subprocess.run(
        [sys.executable, "-m", "xiangsheng.cli.main", *arguments],
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=True,
        cwd=command.folder,
        env={**os.environ, "LC_ALL": "", "LANG": locale, "COLUMNS": "80"},
    )
    return process.stdout


def shape(line: str) -> str:
    """A line without what a model trained here decides: numbers, and what the models said."""
    words = re.sub(r"-?[0-9][0-9.,]*|([0-9]+ )?exp2-[0-9a-f]+", "0", line)
    words = re.sub(r"^ +(base|tuned|基座|微调): .*", r"  \1", words)
    return re.sub(r"[ ─]+", " ", words).strip()


def test_the_demo_prints_what_the_readmes_show(command: Command) -> None:
    """Weights differ in their last bits between machines, so answers and numbers may."""
    for readme, locale in (("README.md", "C.UTF-8"), ("README.zh-CN.md", "zh_CN.UTF-8")):
        text = (ROOT / readme).read_text(encoding="utf-8")
        shown = text.split("```text\n", 1)[1].split("```", 1)[0].splitlines()
        # The second time the study is complete, and is shown again in the other language.
        told = [shape(line) for line in spoken(command, locale, "demo").splitlines()]
        wanted = [line for line in shown if line.strip() not in {"", "…"}]
        assert [line for line in wanted[:-1] if shape(line) not in told] == []
        assert wanted[-1].partition("…/")[2].split("/")[-1] == "report.html"


def test_help_speaks_chinese_when_asked(command: Command) -> None:
    assert "教语言模型说对口相声" in spoken(command, "C.UTF-8", "--lang", "zh", "--help")


@pytest.mark.real_data
def test_the_real_study_asks_950_and_50_of_base_and_tuned(command: Command) -> None:
    data = c3_folder()
    result = command.call("run", "exp2", "--data", str(data), "--model", "ngram:5", "--json")
    assert result.code == 0, result.err
    tasks = json.loads(result.out)["tasks"]
    counted = {
        (task, system): tasks[task]["systems"][system]["n"]
        for task in tasks
        for system in ("base", "tuned")
    }
    assert counted == {
        ("next-line", "base"): 950,
        ("next-line", "tuned"): 950,
        ("last-ten", "base"): 50,
        ("last-ten", "tuned"): 50,
    }
    scores = [
        score
        for task in tasks.values()
        for system in task["systems"].values()
        for group in ("metrics", "also")
        for score in system[group].values()
    ]
    assert all(s["ci95"][0] <= s["value"] <= s["ci95"][1] for s in scores)
    assert tasks["next-line"]["differences"]["bleu_2"]["ci95"][0] > 0
    real = json.loads(result.out)["real_lines"]
    assert {real["systems"][name]["perplexity"]["n"] for name in ("base", "tuned")} == {50}
    assert real["differences"]["perplexity"]["ci95"][1] < 0
    assert not Path(command.folder / "report.html").exists()
