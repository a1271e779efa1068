"""`ft`, `complete` and the commands of 2022 at a service: our own server, and a false one."""

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from filelock import FileLock

from false_service import KEY as FALSE_KEY
from false_service import FalseService, Fault, false_service
from jobs import TURNS, rows
from served import JOB_PATIENCE_S, KEY, Server, serving
from support import free_port
from surfaces.command import Command
from surfaces.terminal import Terminal

CREATE = ("ft", "create", "-t", "data.jsonl", "-m", "ngram:3")
ID = re.compile(r"ftjob-[0-9a-f]{8}")


@pytest.fixture(autouse=True)
def data(command: Command) -> None:
    command.write("data.jsonl", rows())
    command.patch.setenv("XIANGSHENG_API_KEY", KEY)


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("service")
    (folder / ".xiangsheng").mkdir()
    with serving(folder / ".xiangsheng") as server:
        yield server


def document(command: Command, *arguments: str) -> dict[str, object]:
    result = command.call(*arguments)
    assert result.code == 0, result.err
    found: dict[str, object] = json.loads(result.out)
    return found


def said(out: str) -> list[str]:
    return [re.sub(r"^\[.*?\] ", "", line) for line in out.splitlines()]


def test_a_job_of_a_service_from_its_file_to_its_model(command: Command, live: Server) -> None:
    there = ("--base-url", live.url)
    result = command.call(*CREATE, "--suffix", "first", "-y", *there)
    assert result.code == 0, result.err
    assert "Training file: data.jsonl, 8 examples, " in result.err
    assert f"Service: {live.url[7:-3]} ({live.url})\nModel: ngram:3\nCost: 0.00 USD\n" in result.err
    lines = said(result.out)
    assert lines[0].startswith("Created fine-tune: ft-")
    assert lines[-1] == "Fine-tune succeeded"
    (model,) = re.findall(r"xiangsheng complete -m (\S+) ", result.err)

    again = command.call(*CREATE, "--suffix", "first", "-y", *there)
    assert said(again.out) == lines
    (job,) = re.findall(f"The same job is there: ({ID.pattern}), succeeded", again.err)
    other = command.call(*CREATE, "--suffix", "second", "-y", "--no-follow", *there).out.strip()
    assert other != job
    assert said(command.call("ft", "follow", other, *there).out)[-1] == "Fine-tune succeeded"
    listed = command.call("ft", "list", *there).out.splitlines()
    assert [line.split()[0] for line in listed] == [other, job]

    assert document(command, "ft", "get", job, "--json", *there)["fine_tuned_model"] == model
    assert re.search(rf"model +{model}\n", command.call("ft", "get", job, *there).out)
    assert said(command.call("ft", "events", job, *there).out) == lines
    assert command.call("ft", "results", job, *there).out.startswith("step,elapsed_tokens,")
    assert command.call("ft", "results", job, *there).out.count("\n") == 3
    ask = ("complete", "-m", model, "-p", r"0: 您贵姓？\n1:", "-M", "4", *there)
    answer = command.call(*ask)
    assert len(answer.out) > 1
    assert command.call(*ask, "--echo", "--stream").out == "0: 您贵姓？\n1:" + answer.out
    assert command.call("ft", "cancel", job, *there).code == 2
    assert command.call("ft", "delete", job, "-y", *there).out == f"{job}\n"
    assert command.call("ft", "get", job, *there).code == 2
    assert not (command.folder / ".xiangsheng").exists()  # no home is needed, so none is made


def test_nobody_there_to_say_yes_sends_nothing(command: Command, live: Server) -> None:
    command.write("other.jsonl", rows(TURNS[:5]))
    before = document(command, "api", "-b", live.url, "files.list")
    result = command.call("ft", "create", "-t", "other.jsonl", "-m", "ada", "--base-url", live.url)
    assert result.code == 2
    assert "on two cores, after the jobs before it" in result.err
    assert document(command, "api", "-b", live.url, "files.list") == before


def test_the_commands_of_2022_at_a_service(command: Command, live: Server) -> None:
    command.patch.delenv("XIANGSHENG_API_KEY")
    there = ("-b", live.url, "-k", KEY)
    made = command.call(*there, "api", "fine_tunes.create", *CREATE[2:], "--n_epochs", "1")
    assert made.code == 0, made.err
    jobs = document(command, "api", *there, "fine_tunes.list")["data"]
    assert isinstance(jobs, list)
    job, model = str(jobs[0]["id"]), str(jobs[0]["fine_tuned_model"])
    for name, kind in (("get", "fine_tuning.job"), ("events", "list")):
        found = document(command, "api", *there, f"fine_tunes.{name}", "-i", job)
        assert found["object"] == kind
    assert command.call("api", *there, "fine_tunes.follow", "-i", job).out == made.out
    assert command.call("api", *there, "fine_tunes.results", "-i", job).out.startswith("step,")
    ask = ("api", *there, "completions.create", "-m", model, "-p", r"0: 您贵姓？\n1:", "-M", "4")
    plain, streamed = command.call(*ask).out, command.call(*ask, "--stream").out
    assert plain == streamed
    assert plain.startswith("0: 您贵姓？\n1:")
    kept = document(command, "api", *there, "files.create", "-f", "data.jsonl")
    got = document(command, "api", *there, "files.get", "-i", str(kept["id"]))
    assert got["filename"] == "data.jsonl"
    gone = document(command, "api", *there, "files.delete", "-i", str(kept["id"]))
    assert gone["deleted"] is True
    names = document(command, "api", *there, "models.list")["data"]
    assert isinstance(names, list)
    assert model in [one["id"] for one in names]
    assert document(command, "api", *there, "models.get", "-i", model)["object"] == "model"
    assert document(command, "api", *there, "fine_tunes.delete", "-i", job)["deleted"] is True


def test_a_server_that_goes_and_comes_again_is_followed_on(
    command: Command, tmp_path: Path
) -> None:
    home = tmp_path / "service"
    home.mkdir()
    (home / "jobs").mkdir()
    port = ("--port", str(free_port()))
    with FileLock(home / "jobs" / "worker-cpu.lock"):  # so that the job waits
        with serving(home, *port) as server:
            there = ("--base-url", server.url)
            job = command.call(*CREATE, "-y", "--no-follow", *there).out.strip()
            follower = command.start("ft", "follow", job, *there)
            assert follower.stdout
            assert follower.stderr
            first = follower.stdout.readline()
            server.stop()
        lost = follower.stderr.readline()
        assert "the job goes on, and so do the tries" in lost
    with serving(home, *port):
        out, err = follower.communicate(timeout=JOB_PATIENCE_S)
    assert follower.returncode == 0, err
    assert "is there again" in err
    lines = said(first + out)
    assert lines[0].startswith("Created fine-tune")
    assert lines[-1] == "Fine-tune succeeded"
    assert len(set(lines)) == len(lines)


def test_ctrl_c_leaves_the_job_and_says_how_to_go_on(command: Command) -> None:
    with false_service() as service:
        job = service.job(status="running")["id"]
        service.say("Created fine-tune")
        for step in range(1, 40):
            service.step(step, 80, 8.0 - step / 10)
        terminal = Terminal(
            command.folder,
            *("ft", "follow", job, "--base-url", service.url),
            columns=120,
            environment={"XIANGSHENG_API_KEY": FALSE_KEY},
        )
        terminal.wait_for("39/80")
        assert "█▇▇▆▆▅▅▄▄▃▃▂▂▁" in terminal.wait_for("loss 4.1000")  # the curve so far
        terminal.press("\x03")
        terminal.wait_for(f"{job} goes on without you")
        assert terminal.end() == 130
        shown = terminal.screen.replace("\n", "")
        assert f"xiangsheng ft follow {job} --base-url {service.url}" in shown


def test_the_environment_alone_never_leads_away_from_the_home(command: Command) -> None:
    with false_service() as service:
        service.job()
        for name in ("OPENAI_BASE_URL", "OPENAI_API_BASE"):
            command.patch.setenv(name, service.url)
        command.patch.setenv("XIANGSHENG_API_KEY", FALSE_KEY)
        assert command.call("ft", "list").out == ""
        assert command.call("api", "fine_tunes.list").out.count("ftjob") == 0
        assert service.asked == []
        assert "ftjob-0001" in command.call("ft", "list", "--base-url", "openai").out


def test_a_model_may_name_its_service(command: Command) -> None:
    with false_service() as service:
        command.patch.setenv("OPENAI_BASE_URL", service.url)
        command.patch.setenv("XIANGSHENG_API_KEY", FALSE_KEY)
        result = command.call(
            "ft", "create", "-t", "data.jsonl", "-m", "openai:gpt-x", "-y", "--no-follow"
        )
        assert result.out == "ftjob-0001\n"
        assert "Cost: not known: " in result.err
        assert service.jobs[0]["model"] == "gpt-x"
        service.completion = {"choices": [{"text": " 好。", "index": 0, "finish_reason": "stop"}]}
        assert command.call("complete", "-m", "openai:gpt-x", "-p", "0:").out == " 好。\n"


def test_a_job_that_fails_at_a_service_fails_here(command: Command) -> None:
    with false_service() as service:
        command.patch.setenv("XIANGSHENG_API_KEY", FALSE_KEY)
        error = {"code": "bad", "message": "the \x1b[2Jloss is not a number", "param": None}
        job = service.job(status="failed", error=error)["id"]
        result = command.call("ft", "follow", job, "--base-url", service.url)
        assert result.code == 1
        assert r"the \x1b[2Jloss is not a number" in result.err
        assert f"ft events {job} --base-url {service.url}" in result.err
        assert command.call("ft", "get", job, "--base-url", service.url).code == 0


def test_what_a_service_calls_a_model_steers_no_terminal_and_no_shell(command: Command) -> None:
    with false_service() as service:
        command.patch.setenv("XIANGSHENG_API_KEY", FALSE_KEY)
        job = service.job(status="succeeded", fine_tuned_model="x\x1b[2J; rm -rf ~")["id"]
        result = command.call("ft", "follow", job, "--base-url", service.url)
    assert result.code == 0
    assert r"complete -m 'x\x1b[2J; rm -rf ~' -p" in result.err
    assert "\x1b" not in result.out + result.err


def test_what_an_answer_has_cost_is_told(command: Command) -> None:
    command.patch.setattr("xiangsheng.backends.hosted.service._loopback", lambda _host: False)
    with false_service() as service:
        command.patch.setenv("XIANGSHENG_API_KEY", FALSE_KEY)
        usage = {"prompt_tokens": 12, "completion_tokens": 3}
        one = {"text": "好", "index": 0, "finish_reason": "stop"}
        service.completion = {"choices": [one], "usage": usage}
        result = command.call("complete", "-m", "gpt-x", "-p", "0:", "--base-url", service.url)
    assert result.out == "好\n"
    assert "12 + 3 tokens, at a cost that is not known: the price book has nothing of" in result.err


@pytest.mark.parametrize(
    "arguments",
    [("complete", "-p", "0:"), ("complete", "-p", "0:", "--json"), ("api", "completions.create")],
)
def test_an_answer_that_is_paid_for_is_printed_whatever_the_price_file(
    command: Command, arguments: tuple[str, ...]
) -> None:
    command.patch.setattr("xiangsheng.backends.hosted.service._loopback", lambda _host: False)
    command.patch.setenv("XIANGSHENG_API_KEY", FALSE_KEY)
    for name, content in (("broken.toml", "[["), ("missing.toml", None)):
        if content:
            command.write(name, content)
        command.patch.setenv("XIANGSHENG_PRICES", name)
        with false_service() as service:
            usage = {"prompt_tokens": 12, "completion_tokens": 3}
            one = {"text": "好", "index": 0, "finish_reason": "stop"}
            service.completion = {"choices": [one], "usage": usage}
            result = command.call("-b", service.url, *arguments, "-m", "gpt-x")
        assert result.code == 0, result.err
        assert "好" in result.out
        assert "what it cost is not known" in result.err
        assert name in result.err


@pytest.mark.parametrize(
    "asked",
    [
        *("files.get -i file-typo", "fine_tunes.get -i ft-typo", "fine_tunes.cancel -i ft-typo"),
        "fine_tunes.events -i ft-typo",
    ],
)
def test_what_a_service_does_not_have_is_told_in_its_words(command: Command, asked: str) -> None:
    with false_service() as service:
        command.patch.setenv("XIANGSHENG_API_KEY", FALSE_KEY)
        result = command.call("api", "-b", service.url, *asked.split())
    assert result.code == 2
    assert "refuses: There is no such thing" in result.err


def test_a_lost_deletion_that_is_repeated_is_one(command: Command) -> None:
    gone = {"error": {"message": "No such File object"}}
    with false_service() as service:
        command.patch.setenv("XIANGSHENG_API_KEY", FALSE_KEY)
        for kind, name in (("files", "file-1"), ("models", "ft:gpt-x:1")):
            path = f"/{kind}/{name}"
            service.faults.append(Fault("DELETE", path, cut=0))
            service.faults.append(Fault("DELETE", path, status=404, body=gone))
            there = ("api", "-b", service.url)
            assert document(command, *there, f"{kind}.delete", "-i", name) == {
                "id": name,
                "deleted": True,
            }


STEERING = "好\x1b[2J\x9b2J\x7f\t完"


@pytest.fixture
def steering(command: Command) -> Iterator[FalseService]:
    """A service that says what would steer a terminal."""
    command.patch.setenv("XIANGSHENG_API_KEY", FALSE_KEY)
    event = {"choices": [{"text": STEERING, "index": 0, "finish_reason": "stop"}]}
    with false_service() as service:
        service.completion = event
        service.stream = b"data: " + json.dumps(event).encode() + b"\n\ndata: [DONE]\n\n"
        service.files = [{"id": "file-1", "filename": STEERING}]
        service.job(status="succeeded", result_files=["file-2"], fine_tuned_model=STEERING)
        service.contents = {"file-2": STEERING.encode()}
        yield service


def on_terminal(command: Command, *arguments: str) -> str:
    """All that a terminal gets, with nothing in it that steers."""
    terminal = Terminal(command.folder, *arguments)
    assert terminal.end() == 0
    shown = terminal.raw.decode()
    assert not {"\x1b", "\x9b", "\x7f"} & set(shown)
    return shown.replace("\r\n", "\n")


@pytest.mark.parametrize(
    ("arguments", "end"),
    [
        (("complete", "-m", "x", "-p", "0:"), "\n"),
        (("complete", "-m", "x", "-p", "0:", "--stream"), "\n"),
        (("api", "completions.create", "-m", "x", "-p", "0:"), ""),
        (("ft", "results"), ""),
    ],
)
def test_what_a_service_says_steers_no_terminal_and_is_exact_in_a_pipe(
    command: Command, steering: FalseService, arguments: tuple[str, ...], end: str
) -> None:
    there = ("-b", steering.url, *arguments)
    assert command.call(*there).out == STEERING + end
    assert on_terminal(command, *there) == "好\\x1b[2J\\x9b2J\\x7f\t完" + end


@pytest.mark.parametrize(
    "arguments",
    [
        ("complete", "-m", "x", "-p", "0:", "--json"),
        ("api", "files.get", "-i", "file-1"),
        ("ft", "get", "--json"),
    ],
)
def test_a_document_of_a_service_is_the_same_on_a_terminal(
    command: Command, steering: FalseService, arguments: tuple[str, ...]
) -> None:
    there = ("-b", steering.url, *arguments)
    shown = json.loads(on_terminal(command, *there))
    shown.pop("latency_s", None)
    piped = document(command, *there)
    piped.pop("latency_s", None)
    assert shown == piped
    assert json.dumps(STEERING) in json.dumps(shown)


def test_another_service_may_call_a_model_as_if_it_were_openais(command: Command) -> None:
    with false_service() as service:
        command.patch.setenv("XIANGSHENG_API_KEY", FALSE_KEY)
        service.completion = {"choices": [{"text": "好", "index": 0, "finish_reason": "stop"}]}
        there = ("--base-url", service.url)
        command.call("complete", "-m", "openai:gpt-x", "-p", "0:", *there)
        assert json.loads(service.bodies[-1])["model"] == "openai:gpt-x"
        command.call(
            "ft", "create", *CREATE[2:4], "-m", "openai:gpt-x", "-y", "--no-follow", *there
        )
        assert service.jobs[0]["model"] == "openai:gpt-x"


def test_what_came_of_a_stream_is_printed_before_its_end(command: Command) -> None:
    with false_service() as service:
        command.patch.setenv("XIANGSHENG_API_KEY", FALSE_KEY)
        event = {"choices": [{"text": " 您好", "index": 0, "finish_reason": None}]}
        service.stream = f"data: {json.dumps(event)}\n\ndata: ".encode()
        service.faults.append(Fault("POST", "/completions", cut=len(service.stream) - 2))
        there = ("-m", "gpt-x", "-p", "0:", "--stream")
        result = command.call("complete", *there, "--base-url", service.url)
        assert (result.code, result.out) == (6, " 您好")
        result = command.call("api", "-b", service.url, "completions.create", *there)
        assert (result.code, result.out) == (6, " 您好")


def test_no_key_is_shown_whatever_goes_wrong(command: Command) -> None:
    secret = "sk-very-secret"
    command.patch.setenv("XIANGSHENG_API_KEY", secret)
    with false_service() as service:
        for arguments in (
            ("ft", "list", "--base-url", service.url),
            ("ft", "list", "--json", "--base-url", service.url),
            ("complete", "-m", "x", "-p", "0:", "--base-url", service.url),
            ("api", "-b", service.url, "-k", secret, "models.list"),
            (*CREATE, "-y", "--base-url", service.url),
        ):
            result = command.call(*arguments)
            assert result.code == 6
            assert secret not in result.out + result.err
    assert not [path for path in command.folder.rglob("*") if secret in path.read_text("utf-8")]


def test_a_key_that_all_can_read_is_warned_of(command: Command) -> None:
    command.patch.setattr("xiangsheng.backends.hosted.service._loopback", lambda _host: False)
    with false_service() as service:
        command.patch.setenv("XIANGSHENG_API_KEY", FALSE_KEY)
        result = command.call("ft", "list", "--base-url", service.url)
    assert result.code == 0
    assert "unencrypted" in result.err
    assert os.environ["XIANGSHENG_API_KEY"] not in result.err
