"""Fine-tuning jobs from the clients of today: every answer is validated strictly."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from clients import Client
from jobs import TURNS, rows
from served import KEY, Server, good, make_home, serving, until

SCRIPT = """
import json, sys, time, openai
client = openai.OpenAI(_strict_response_validation=True, max_retries=0)
out = {}
def failed(call, *path, **asked):
    try:
        call(*path, **asked)
    except openai.APIStatusError as problem:
        return [problem.status_code, problem.param, problem.code]
    return None
with open(sys.argv[1], "rb") as stream:
    file = client.files.create(file=stream, purpose="fine-tune")
out["file"] = [file.filename, file.status]
jobs = client.fine_tuning.jobs
chosen = {"n_epochs": 2, "batch_size": "auto", "learning_rate_multiplier": "auto"}
method = {"type": "supervised", "supervised": {"hyperparameters": chosen}}
job = jobs.create(training_file=file.id, validation_file=file.id, model="ada", method=method, metadata={"who": "甲"}, seed=5)
out["job"], out["seed"], out["epochs"] = job.id, job.seed, job.hyperparameters.n_epochs
others = [jobs.create(training_file=file.id, model="ngram:3", hyperparameters={"n_epochs": n}).id for n in (1, 2, 3)]
while (job := jobs.retrieve(job.id)).status not in ("succeeded", "failed", "cancelled"):
    time.sleep(0.2)
out["status"], out["model"], out["tokens"] = job.status, job.fine_tuned_model, job.trained_tokens
out["listed"] = [one.id for one in jobs.list(limit=2)] == [*reversed(others), job.id]
out["mine"] = [one.id for one in jobs.list(metadata={"who": "甲"})]
out["events"] = [[event.type, event.message] for event in jobs.list_events(job.id, limit=3)]
out["checkpoints"] = [kept.fine_tuned_model_checkpoint for kept in jobs.checkpoints.list(job.id)]
out["results"] = client.files.content(job.result_files[0]).text
out["text"] = client.completions.create(model=job.fine_tuned_model, prompt="0: 您贵姓？\\n1:", max_tokens=4).choices[0].text
out["again"] = failed(jobs.cancel, job.id)
out["missing"] = failed(jobs.retrieve, "ftjob-none")
out["base"] = failed(jobs.create, training_file=file.id, model="gpt-9")
out["nofile"] = failed(jobs.create, training_file="file-none", model="ada")
out["dpo"] = failed(jobs.create, training_file=file.id, model="ada", method={"type": "dpo"})
out["files"] = file.id in [one.id for one in client.files.list(limit=1)]
while not all(jobs.retrieve(other).status == "succeeded" for other in others):
    time.sleep(0.2)
out["deleted"] = [client.models.delete(job.fine_tuned_model).deleted, client.files.delete(file.id).deleted]
print(json.dumps(out))
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(make_home(tmp_path_factory.mktemp("today"))) as server:
        yield server


def test_the_newest_client_tunes_a_model_and_finds_nothing_amiss(
    server: Server, tmp_path: Path
) -> None:
    path = tmp_path / "data.jsonl"
    path.write_text(rows(), "utf-8")
    out = json.loads(Client("openai-3.54", server.url, KEY).script(SCRIPT, str(path)))
    assert out["file"] == ["data.jsonl", "processed"]
    assert (out["seed"], out["epochs"], out["status"]) == (5, 2, "succeeded")
    assert out["model"].startswith("ada:ft-")
    assert out["tokens"] > 0
    assert out["listed"]
    assert out["mine"] == [out["job"]]
    assert out["events"][0] == ["message", "Fine-tune succeeded"]
    assert ["message", f"Created fine-tune: ft-{out['job'][6:]}"] == out["events"][-1]
    assert "metrics" in {kind for kind, _ in out["events"]}
    assert len(out["checkpoints"]) >= 1
    assert out["results"].startswith("step,")
    assert out["again"] == [400, None, "job_state"]
    assert out["missing"] == [404, "fine_tune_id", "fine_tune_not_found"]
    assert out["base"] == [400, "model", "invalid_base_model"]
    assert out["nofile"] == [404, "id", None]
    assert out["dpo"] == [400, "method", None]
    assert out["files"]
    assert out["deleted"] == [True, True]

    old = good(server.http.get(f"/fine-tunes/ft-{out['job'][6:]}"))  # the same job, in 2022
    assert (old["status"], old["hyperparams"]["n_epochs"]) == ("succeeded", 2)
    assert old["result_files"][0]["purpose"] == "fine-tune-results"


def test_a_job_is_paused_and_goes_on_in_both_views(server: Server) -> None:
    file = server.upload(rows(TURNS[:6]), "pause.jsonl")["id"]
    made = good(
        server.post(
            "/fine_tuning/jobs",
            training_file=file,
            model="ada",
            hyperparameters={"n_epochs": 300, "batch_size": 1},
        )
    )
    place = f"/fine_tuning/jobs/{made['id']}"
    until(lambda: good(server.http.get(place))["status"] == "running")
    assert good(server.http.post(f"{place}/pause"))["status"] == "paused"
    legacy = f"/fine-tunes/ft-{made['id'][6:]}"
    assert good(server.http.get(legacy))["status"] == "running"
    assert good(server.http.post(f"{place}/resume"))["status"] in {"queued", "running"}
    assert good(server.http.post(f"{place}/cancel"))["status"] == "cancelled"
    assert good(server.http.get(legacy))["status"] == "cancelled"
    assert server.http.post(f"{place}/pause").status_code == 400


def test_the_last_command_line_tunes(server: Server) -> None:
    last = Client("openai-2.34", server.url, KEY)
    file = server.upload(rows(), "last.jsonl")["id"]
    asked = ("api", "fine_tuning.jobs.create", "-m", "ngram:4", "-F", file, "-s", "last")
    made = last.command(*asked, "-H", '{"n_epochs": 3}')
    assert made.returncode == 0, made.stderr
    job = json.loads(made.stdout)["id"]
    assert server.ended(f"ft-{job[6:]}")["status"] == "succeeded"
    got = json.loads(last.command("api", "fine_tuning.jobs.retrieve", "-i", job).stdout)
    assert got["fine_tuned_model"].startswith("ngram:4:ft-last-")
    assert job in last.command("api", "fine_tuning.jobs.list").stdout
    told = last.command("api", "fine_tuning.jobs.list_events", "-i", job)
    assert "Fine-tune succeeded" in told.stdout
