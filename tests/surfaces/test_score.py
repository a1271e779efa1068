"""`score`: the published numbers, and what it does with what is not a list of pairs."""

import json
import os
import subprocess

import pytest

from support import c3_folder
from surfaces.command import Command
from xiangsheng.metrics.names import TEN

PAIRS = [
    {"ori": "您听说过吗？", "gen": "您听说过没有？", "script": "a"},
    {"ori": "听说什么？", "gen": "", "script": "a"},
    {"ori": "这事儿新鲜。", "gen": "这事儿不新鲜。", "script": "b"},
]


@pytest.mark.real_data
def test_five_systems_score_what_was_published(command: Command) -> None:
    machine = c3_folder() / "machine"
    result = command.call("score", *map(str, sorted(machine.glob("*.json"))), "--json")
    assert result.code == 0, result.err
    assert "expected_metrics.json: not a list of pairs, skipped" in result.err
    systems = json.loads(result.out)["systems"]
    expected = json.loads((machine / "expected_metrics.json").read_text(encoding="utf-8"))
    assert set(systems) == set(expected)
    for name, values in expected.items():
        found = systems[name]
        assert found["n"] == 950
        assert sum(found["outcomes"].values()) == 950
        assert {key: score["value"] for key, score in found["metrics"].items()} == pytest.approx(
            values, abs=1e-9
        )
        for score in found["metrics"].values():
            assert score["ci95"][0] <= score["value"] <= score["ci95"][1]


def test_the_unit_is_in_the_signature(command: Command) -> None:
    command.write("own.json", json.dumps(PAIRS))
    command.write(
        "bare.json", json.dumps([{k: p[k] for k in ("ori", "gen")} for p in (*PAIRS, PAIRS[0])])
    )
    own = json.loads(command.call("score", "own.json", "--json").out)["systems"]["own"]
    assert tuple(own["metrics"]) == TEN
    assert own["outcomes"] == {"ok": 2, "empty": 1}
    assert "|unit:script, 2|" in own["metrics"]["gleu"]["signature"]
    for options, unit in (((), "pair, 4"), (("--lines-per-script", "2"), "script of 2 pairs, 2")):
        bare = json.loads(command.call("score", "bare.json", "--json", *options).out)
        assert f"|unit:{unit}|" in bare["systems"]["bare"]["metrics"]["gleu"]["signature"]


def test_silence_is_not_rewarded_where_missing_counts_as_zero(command: Command) -> None:
    command.write("own.json", json.dumps(PAIRS))
    own = json.loads(command.call("score", "own.json", "--json").out)["systems"]["own"]
    assert own["also"]["rouge_1_zero"]["value"] < own["metrics"]["rouge_1"]["value"]


def test_files_of_one_name_stay_apart(command: Command) -> None:
    for folder in ("a", "b"):
        command.write(f"{folder}/own.json", json.dumps(PAIRS))
    document = json.loads(command.call("score", "a/own.json", "b/own.json", "--json").out)
    assert list(document["systems"]) == ["own", "b/own.json"]


def test_a_run_is_scored_again_without_asking(command: Command) -> None:
    run = json.loads(command.call("run", "exp1", "-m", "ngram:5", "--json").out)
    scored = json.loads(command.call("score", run["run"], "--json").out)["systems"]
    found = scored[f"{run['run']}:next-line:base"]
    assert found["metrics"] == run["tasks"]["next-line"]["systems"]["base"]["metrics"]
    assert "novelty_4" in found["also"]
    read = scored[f"{run['run']}:real-lines:base"]
    expected = run["real_lines"]["systems"]["base"]
    assert (read["n"], read["outcomes"]) == (expected["n"], expected["outcomes"])
    assert (read["metrics"], read["also"]) == ({}, {"perplexity": expected["perplexity"]})
    shown = command.call("score", run["run"]).out
    (line,) = (line for line in shown.splitlines() if "real-lines" in line)
    value = expected["perplexity"]["value"]
    assert line.startswith(f"{run['run']}:real-lines:base: n = 10, perplexity {value:.1f} [")


def test_the_table_shows_values_and_intervals(command: Command) -> None:
    command.write("own.json", json.dumps(PAIRS))
    shown = command.call("score", "own.json").out
    assert "own: n = 3" in shown
    assert "bleu_1" in shown
    assert "[" in shown


def test_the_encoding_can_be_said(command: Command) -> None:
    """For pairs too short to recognise it by; the error's own advice works."""
    command.write("own.json", f"{json.dumps(PAIRS, ensure_ascii=False)}\n".encode("utf-16-le"))
    refused = command.call("score", "own.json")
    assert refused.code == 3
    assert "--encoding utf-16-le" in refused.err
    said = command.call("score", "own.json", "--encoding", "utf-16-le", "--json")
    assert said.code == 0, said.err
    assert json.loads(said.out)["systems"]["own"]["n"] == 3
    assert command.call("score", "own.json", "--encoding", "utf-61").code == 2


def test_what_comes_through_a_pipe_has_a_limit(
    command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("xiangsheng.verbs.score.LIMIT", 100)
    pipe = command.folder / "pairs"
    os.mkfifo(pipe)
    endless = subprocess.Popen(["sh", "-c", "exec yes > pairs"], cwd=command.folder, stderr=-1)
    result = command.call("score", "pairs")
    endless.communicate(timeout=60)
    assert result.code == 3
    assert "pairs: larger than 100 bytes" in result.err


@pytest.mark.parametrize(
    ("name", "code", "said"),
    [
        ("", 2, "an empty name"),
        (".", 2, ". is a folder"),
        ("typo.json", 3, "typo.json: there is no such file"),
        ("nowhere/typo", 3, "nowhere/typo: there is no such file"),
        ("typo", 2, "no runs begin with 'typo'"),
    ],
)
def test_a_name_of_nothing_is_told_for_what_it_is(
    command: Command, name: str, code: int, said: str
) -> None:
    command.call("run", "exp1", "-m", "ngram:5")
    result = command.call("score", name)
    assert result.code == code
    assert said in result.err


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[{"ori": "a", "gen": "b"},\n oops]', "own.json:2:2: not JSON"),
        ('[{"ori": "a", "gen": "b"}, 3]', "own.json: pair 2 of 2 is not two texts: 3"),
        ('[{"ori": "a"}, {"ori": "a", "gen": "b"}]', "own.json: pair 1 of 2 is not two texts"),
        ('[{"ori": "a", "gen": "b"}, {"ori": 1, "gen": "b"}]', "own.json: pair 2 of 2"),
    ],
)
def test_the_first_bad_place_is_named(command: Command, text: str, said: str) -> None:
    command.write("own.json", text)
    result = command.call("score", "own.json")
    assert result.code == 3
    assert said in result.err


def test_lists_of_other_things_are_skipped(command: Command) -> None:
    command.write("own.json", json.dumps(PAIRS))
    command.write("other.json", '[1, {"ori": "a"}]')
    result = command.call("score", "other.json", "own.json", "--json")
    assert result.code == 0
    assert "other.json: not a list of pairs, skipped" in result.err
    assert list(json.loads(result.out)["systems"]) == ["own"]
