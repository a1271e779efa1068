"""Batches on a live server: every request is answered as it would be alone, or told why not."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from batches import ENDPOINT, awaited, batch_of, ended, file_of, line, lines, look
from clients import Client
from served import CHAT, KEY, LONG, NEVER_ENDS, Server, good, make_home, serving, until

LONG_ONE: dict[str, Any] = {"model": "babbage", "max_tokens": LONG - 100, "logit_bias": NEVER_ENDS}
WIRE_CHAT = CHAT.removeprefix("local:")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serving(make_home(tmp_path_factory.mktemp("batches"))) as server:
        yield server


def test_every_request_is_answered_as_it_would_be_alone(server: Server) -> None:
    made = batch_of(server, lines(40), metadata={"who": "甲"})
    assert (made["status"], made["metadata"]) == ("validating", {"who": "甲"})
    assert made["expires_at"] == made["created_at"] + 24 * 3600
    done = ended(server, made)
    assert done["status"] == "completed"
    assert done["request_counts"] == {"total": 40, "completed": 40, "failed": 0}
    assert done["error_file_id"] is done["errors"] is done["cancelled_at"] is None
    times = ("created", "in_progress", "finalizing", "completed")
    moments = [done[f"{moment}_at"] for moment in times]
    assert moments == sorted(moments)
    found = file_of(server, done["output_file_id"])
    assert [one["custom_id"] for one in found] == [f"第{number}个" for number in range(1, 41)]
    assert len({one["id"] for one in found}) == len(
        {one["response"]["request_id"] for one in found}
    )
    for number in (1, 17, 40):
        alone = server.complete(**json.loads(line(number))["body"])
        answer = found[number - 1]["response"]
        assert answer["status_code"] == 200
        assert answer["body"]["choices"] == alone["choices"]
        assert answer["body"]["usage"] == alone["usage"]
    used = sum(one["response"]["body"]["usage"]["total_tokens"] for one in found)
    assert done["usage"]["total_tokens"] == used
    kept = good(server.http.get(f"/files/{done['output_file_id']}"))
    assert (kept["purpose"], kept["status"]) == ("batch_output", "processed")


def test_requests_that_fail_are_lines_of_the_error_file(server: Server) -> None:
    wrong: tuple[tuple[int, dict[str, Any], int, str | None], ...] = (
        (1, {"model": "gpt-4"}, 404, "model_not_found"),
        (2, {"stream": True}, 400, None),
        (3, {"n": 1000}, 400, "integer_above_max_value"),
        (5, {"tempo": 1}, 400, None),
        (6, {"model": WIRE_CHAT}, 404, None),
    )
    asked = {number: body for number, body, _, _ in wrong}
    content = "".join(line(number, **asked.get(number, {})) for number in range(1, 7))
    done = ended(server, batch_of(server, content))
    assert done["status"] == "completed"
    assert done["request_counts"] == {"total": 6, "completed": 1, "failed": 5}
    (good_one,) = file_of(server, done["output_file_id"])
    assert good_one["custom_id"] == "第4个"
    failed = file_of(server, done["error_file_id"])
    assert [
        (one["custom_id"], one["response"]["status_code"], one["response"]["body"]["error"]["code"])
        for one in failed
    ] == [(f"第{number}个", status, code) for number, _, status, code in wrong]
    assert "cannot be streamed" in failed[1]["response"]["body"]["error"]["message"]
    assert all(one["error"] is None for one in failed)


def test_a_batch_of_messages(server: Server) -> None:
    body = {"model": WIRE_CHAT, "messages": [{"role": "user", "content": "您好"}], "seed": 3}
    request = {"custom_id": "一", "method": "POST", "url": "/v1/chat/completions", "body": body}
    content = "\ufeff\n" + json.dumps(request) + "\n\n"
    done = ended(server, batch_of(server, content, endpoint=request["url"]))
    (answer,) = file_of(server, done["output_file_id"])
    alone = good(server.post("/chat/completions", **body))
    assert answer["response"]["body"]["choices"] == alone["choices"]


@pytest.mark.parametrize(
    ("content", "at", "code", "param"),
    [
        ("", None, "empty_file", None),
        ("\n \n", None, "empty_file", None),
        (line(1) + "{\n", 2, "invalid_json_line", None),
        (line(1) + "[]\n", 2, "invalid_json_line", None),
        ("\n" + line(1) + line(1), 3, "duplicate_custom_id", "custom_id"),
        (line(1, "/v1/chat/completions"), 1, "url_mismatch", "url"),
        (line(1, method="GET"), 1, "invalid_method", "method"),
        (
            '{"custom_id": "a", "method": "POST", "url": "/v1/completions"}',
            1,
            *("missing_required_parameter", "body"),
        ),
        (line(1).replace('"custom_id"', '"id": 1, "custom_id"'), 1, "unknown_parameter", "id"),
        (line(1).replace('"第1个"', "1"), 1, "invalid_custom_id", "custom_id"),
        (line(1, prompt="长" * (1 << 20)), 1, "line_too_long", None),
    ],
    ids=lambda value: value if isinstance(value, str) and value.isidentifier() else "",
)
def test_a_file_that_is_none_for_a_batch_fails_it_and_the_line_is_named(
    server: Server, content: str, at: int | None, code: str, param: str | None
) -> None:
    done = ended(server, batch_of(server, content))
    assert done["status"] == "failed"
    assert done["failed_at"] >= done["created_at"]
    fault = done["errors"]["data"][0]
    assert (fault["line"], fault["code"], fault["param"]) == (at, code, param)
    assert done["output_file_id"] is done["error_file_id"] is None
    assert done["request_counts"]["completed"] == 0


def test_a_batch_that_is_cancelled_keeps_what_is_done_and_tells_what_is_not(
    server: Server,
) -> None:
    made = batch_of(server, line(1) + line(2, **LONG_ONE) + line(3))
    awaited(server, made, lambda seen: seen["request_counts"]["completed"] == 1)
    refused = server.http.delete(f"/files/{made['input_file_id']}")
    assert (refused.status_code, refused.json()["error"]["code"]) == (400, "file_in_use")
    cancelled = good(server.http.post(f"/batches/{made['id']}/cancel"))
    assert cancelled["status"] in {"cancelling", "cancelled"}
    done = ended(server, made)
    assert done["status"] == "cancelled"
    assert done["cancelling_at"] <= done["cancelled_at"]
    assert done["request_counts"] == {"total": 3, "completed": 1, "failed": 0}
    assert [one["custom_id"] for one in file_of(server, done["output_file_id"])] == ["第1个"]
    left = file_of(server, done["error_file_id"])
    assert [(one["custom_id"], one["error"]["code"]) for one in left] == [
        ("第2个", "batch_cancelled"),
        ("第3个", "batch_cancelled"),
    ]
    again = server.http.post(f"/batches/{made['id']}/cancel")
    assert (again.status_code, again.json()["error"]["code"]) == (400, "batch_state")
    assert look(server, made) == done
    assert good(server.http.delete(f"/files/{made['input_file_id']}"))["deleted"]


def test_what_cannot_be_asked_for_makes_nothing(server: Server) -> None:
    before = good(server.http.get("/batches"))["first_id"]
    file = server.upload(lines(1), purpose="batch")["id"]
    training = server.upload("{}\n")["id"]
    given = {"input_file_id": file, "endpoint": ENDPOINT, "completion_window": "24h"}
    for wrong, status, param in (
        ({"completion_window": "1h"}, 400, "completion_window"),
        ({"endpoint": "/v1/embeddings"}, 400, "endpoint"),
        ({"input_file_id": "file-none"}, 404, "id"),
        ({"input_file_id": training}, 400, None),
        ({"priority": 1}, 400, None),
    ):
        answer = server.post("/batches", **given | wrong)
        assert (answer.status_code, answer.json()["error"]["param"]) == (status, param)
    assert server.http.get("/batches/batch_none").status_code == 404
    assert server.http.post("/batches/batch_none/cancel").status_code == 404
    assert server.http.get("/batches", params={"after": "batch_none"}).status_code == 404
    assert good(server.http.get("/batches"))["first_id"] == before


def test_clients_are_served_while_a_batch_is_answered(server: Server) -> None:
    made = batch_of(server, "".join(line(number, **LONG_ONE) for number in range(40)))
    awaited(server, made, lambda seen: seen["status"] == "in_progress")
    for seed in range(5):
        assert server.complete(prompt="0: 插一句", seed=seed, max_tokens=3)["choices"]
    assert look(server, made)["status"] == "in_progress"
    good(server.http.post(f"/batches/{made['id']}/cancel"))
    assert ended(server, made)["status"] == "cancelled"


def test_the_one_model_that_may_be_open_is_given_to_clients(tmp_path: Path) -> None:
    with serving(make_home(tmp_path), "--models", "1") as server:
        made = batch_of(server, lines(2000, max_tokens=100, logit_bias=NEVER_ENDS))
        awaited(server, made, lambda seen: seen["status"] == "in_progress")
        asked = {"model": "babbage", "prompt": "0:", "max_tokens": 1}
        assert until(lambda: server.post("/completions", **asked).status_code == 200)
        assert look(server, made)["status"] == "in_progress"


SCRIPT = """
import json, sys, time, openai
client = openai.OpenAI(_strict_response_validation=True, max_retries=0)
out = {}
def uploaded(name):
    with open(name, "rb") as stream:
        return client.files.create(file=stream, purpose="batch")
file, endless = map(uploaded, sys.argv[1:])
def made(file=file):
    return client.batches.create(input_file_id=file.id, endpoint="/v1/completions", completion_window="24h", metadata={"who": "甲"})
def ended(one):
    while (one := client.batches.retrieve(one.id)).status not in ("completed", "failed", "expired", "cancelled"):
        time.sleep(0.05)
    return one
done = ended(made())
out["done"] = [done.status, done.request_counts.completed, done.request_counts.failed, done.metadata["who"]]
out["used"] = done.usage.total_tokens
out["lines"] = [json.loads(line) for line in client.files.content(done.output_file_id).text.splitlines()]
out["errors"] = [json.loads(line) for line in client.files.content(done.error_file_id).text.splitlines()]
out["output"] = client.files.retrieve(done.output_file_id).purpose
others = [made(file).id for file in (file, file, file, endless)]
out["cancelled"] = client.batches.cancel(others[-1]).status
out["ended"] = [ended(client.batches.retrieve(one)).status for one in others]
out["listed"] = [one.id for one in client.batches.list(limit=2)][:5] == [*reversed(others), done.id]
bad = client.files.create(file=("bad.jsonl", b"{"), purpose="batch")
failed = ended(client.batches.create(input_file_id=bad.id, endpoint="/v1/completions", completion_window="24h"))
out["failed"] = [failed.status, failed.errors.data[0].line, failed.errors.data[0].code]
try:
    client.batches.retrieve("batch_none")
except openai.NotFoundError as problem:
    out["missing"] = problem.param
print(json.dumps(out))
"""


@pytest.mark.parametrize("name", ["openai-3.54", "openai-2.34"])
def test_the_clients_of_today_find_nothing_amiss(server: Server, tmp_path: Path, name: str) -> None:
    path, endless = tmp_path / "requests.jsonl", tmp_path / "endless.jsonl"
    path.write_text(line(1) + line(2, model="gpt-4") + line(3), "utf-8")
    endless.write_text(line(1, **LONG_ONE), "utf-8")  # not done before it is cancelled
    out = json.loads(Client(name, server.url, KEY).script(SCRIPT, str(path), str(endless)))
    assert out["done"] == ["completed", 2, 1, "甲"]
    assert out["used"] == sum(o["response"]["body"]["usage"]["total_tokens"] for o in out["lines"])
    assert [one["custom_id"] for one in out["lines"]] == ["第1个", "第3个"]
    assert out["errors"][0]["response"]["body"]["error"]["code"] == "model_not_found"
    assert out["output"] == "batch_output"
    assert out["cancelled"] == "cancelling"
    assert out["ended"] == ["completed"] * 3 + ["cancelled"]
    assert out["listed"]
    assert out["failed"] == ["failed", 1, "invalid_json_line"]
    assert out["missing"] == "batch_id"
