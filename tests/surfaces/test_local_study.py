"""Experiment 2 with local:ada, as a person types it: built, asked, tuned, asked, reported."""

import json
import re
import signal
from pathlib import Path

from surfaces.command import Command

TINY = (
    *("run", "exp2", "-m", "ada"),
    *(
        part
        for setting in (
            "base.characters=4000",
            "tuning.epochs=1",
            "tuning.precision=fp32",
            "tasks.next-line.given=2",
            "tasks.last-ten.given=2",
            "tasks.last-ten.asked=2",
            "sampling.max_tokens=5",
        )
        for part in ("--set", setting)
    ),
)


LONGER = (*TINY, "--data", "few", "--set", "base.epochs=8", "--set", "tuning.epochs=80")
"""Many small steps, some seconds of each kind, so that there is time to press Ctrl-C."""


def answers(command: Command) -> bytes:
    (path,) = command.folder.glob(".xiangsheng/runs/*/completions.jsonl")
    return path.read_bytes()


def tuned(command: Command) -> str:
    (model,) = json.loads(command.call("models", "--json").out)["models"]
    return str(model["name"])


def test_the_study_shows_its_stages_and_ends_with_a_report(command: Command) -> None:
    done = command.call(*TINY)
    assert done.code == 0, done.err
    stages = re.findall(r"^(.+?): (\d+)/\2 · ", done.err, re.MULTILINE)
    assert list(dict.fromkeys(stage for stage, _ in stages)) == [
        "building local:ada",
        "next-line · base",
        "last-ten · base",
        "real-lines · base",
        "tuning",
        "next-line · tuned",
        "last-ten · tuned",
        "real-lines · tuned",
    ]
    assert re.search(
        r"^tuning: \d+/\d+ · loss \d\.\d{3} · [\d,]+ tokens/s$", done.err, re.MULTILINE
    )
    name = tuned(command)
    assert f"tuned: {name}" in done.err
    number = r"\d+\.\d \[\d+\.\d, \d+\.\d\]"
    assert re.search(
        rf"^perplexity on real lines: base {number}, tuned {number}, difference -?\d",
        done.out,
        re.MULTILINE,
    )
    (page,) = command.folder.glob(".xiangsheng/runs/exp2-*/report.html")
    text = page.read_text(encoding="utf-8")
    for wanted in ("local:ada", name, "perplexity", "困惑度"):
        assert wanted in text


def test_a_base_built_on_request_is_built_once_used_listed_and_asked(command: Command) -> None:
    there = command.call("models")
    assert (there.code, there.err, list(command.folder.iterdir())) == (0, "", [])
    assert re.match(r"local:ada +built when it is first needed", there.out)
    first = command.call("models", "build", "ada", "--chars", "4000")
    assert first.code == 0, first.err
    name, place = first.out.split()
    assert name == "local:ada"
    assert {path.name for path in Path(place).iterdir()} == {
        *("base.json", "config.json", "model.safetensors", "xiangsheng.json"),
    }
    again = command.call("models", "build", "ada", "--chars", "4000")
    assert (again.code, again.out) == (0, first.out)
    assert again.err == f"already built: local:ada, {place}\n"
    # And a study with a base of as many characters takes it.
    study = command.call(*TINY)
    assert "building" not in study.err
    assert study.code == 0, study.err
    model = tuned(command)
    listed = command.call("models").out.splitlines()
    assert re.match(
        r"local:ada +built from composed, 4,000 characters \(\d{4}-\d\d-\d\d", listed[0]
    )
    assert re.match(r"local:babbage +built when it is first needed", listed[1])
    assert listed[-1] == model
    (base,) = json.loads(command.call("models", "list", "--json").out)["bases"]
    assert (base["name"], base["text"]) == ("local:ada", "composed, 4,000 characters")
    asked = ("complete", "-p", r"0:您听说了吗？\n1:", "-M", "5")
    of_base, of_tuned = command.call(*asked), command.call(*asked, "-m", model)
    assert (of_base.code, of_tuned.code) == (0, 0), of_base.err + of_tuned.err
    assert "building" not in of_base.err
    assert command.call(*asked, "-m", model).out == of_tuned.out != of_base.out
    told = command.call("complete", "-m", "ada", "-p", "0:", "-M", "1", "--json")
    assert json.loads(told.out)["model"] == "local:ada"


def few(command: Command) -> None:
    """Two scripts to learn, and one to be asked about."""
    for name in ("train/1.txt", "train/2.txt", "test/3.txt"):
        lines = (f"甲：{name[-5]}号柜台第{n}把伞是谁的？\n乙：不是我的。\n" for n in range(10))
        command.write(f"few/{name}", "".join(lines))


def interrupted(command: Command, arguments: tuple[str, ...], stage: str) -> str:
    """Ctrl-C when a stage is underway; what comes after it on standard error."""
    process = command.start(*arguments)
    assert process.stderr
    for told in process.stderr:
        if re.match(f"{stage}: [1-9]", told):
            break
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=120)
    assert (process.returncode, out) == (130, ""), err
    assert "Once more to stop at once" in err
    return err


def test_ctrl_c_while_building_and_while_tuning_changes_no_answer(
    command: Command, tmp_path: Path
) -> None:
    few(command)
    err = interrupted(command, LONGER, "building local:ada")
    assert "stopped while building local:ada; what it has learned so far is kept" in err
    found = re.search(r"Next: go on with: xiangsheng (resume \S+)", err)
    assert found, err
    resume = tuple(found[1].split())
    err = interrupted(command, resume, "tuning")
    assert "stopped while tuning; what it has learned so far is kept" in err
    assert f"Next: go on with: xiangsheng {' '.join(resume)}" in err
    finished = command.call(*resume)
    assert finished.code == 0, finished.err
    after = answers(command)
    straight = Command(tmp_path / "straight", command.patch, command.capsys)
    few(straight)
    straight.patch.setenv("XIANGSHENG_HOME", str(straight.folder / ".xiangsheng"))
    assert straight.call(*LONGER).code == 0
    assert answers(straight) == after
