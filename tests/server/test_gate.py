"""Keys, ids, and everything that is refused before it is understood: one shape for all of it."""

import socket
from typing import Any

import httpx
import pytest

from served import KEY, PATIENCE_S, Server


def error(response: httpx.Response, status: int) -> dict[str, Any]:
    assert response.status_code == status, response.text
    body = response.json()
    assert set(body) == {"error"}
    assert set(body["error"]) == {"message", "type", "param", "code"}
    found: dict[str, Any] = body["error"]
    return found


def bare(live: Server, method: str, path: str, **options: Any) -> httpx.Response:
    """Without the key."""
    return httpx.request(method, live.url + path, timeout=PATIENCE_S, **options)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/models"),
        ("GET", "/models/ada"),
        ("POST", "/completions"),
        ("POST", "/chat/completions"),
        ("GET", "/engines"),
        ("POST", "/engines/ada/completions"),
        ("GET", "/nothing"),
        ("GET", ""),
    ],
)
def test_every_route_wants_the_key(live: Server, method: str, path: str) -> None:
    missing = error(bare(live, method, path), 401)
    assert missing["message"].startswith("You didn't provide an API key.")
    for given in ("Bearer wrong", f"Bearer {KEY}x", f"Bearer {KEY[:-1]}", "Bearer 密钥"):
        headers = {"authorization": given.encode()}
        wrong = error(bare(live, method, path, headers=headers), 401)
        assert wrong["code"] == "invalid_api_key"
        assert "wrong" not in wrong["message"]
    for given in (KEY, f"Basic {KEY}", "Bearer", ""):
        assert error(bare(live, method, path, headers={"authorization": given}), 401)


def test_a_body_is_not_read_before_the_key(live: Server) -> None:
    assert error(bare(live, "POST", "/completions", content=b"x" * 5_000_000), 401)


def test_health_is_open(live: Server) -> None:
    answer = httpx.get(live.url.removesuffix("/v1") + "/healthz")
    assert answer.json()["status"] == "ok"


def test_answers_are_signed(live: Server) -> None:
    answers = [live.http.get("/models"), live.http.get("/x"), bare(live, "GET", "/models")]
    ids = {answer.headers["x-request-id"] for answer in answers}
    assert len(ids) == 3
    assert all(identity.startswith("req_") for identity in ids)
    assert all(float(answer.headers["openai-processing-ms"]) >= 0 for answer in answers)


def test_what_is_not_there_is_an_error_of_the_api(live: Server) -> None:
    unknown = error(live.http.get("/nothing"), 404)
    assert unknown["message"] == "Invalid URL (GET /v1/nothing)"
    assert error(live.http.get("//models"), 404)  # never redirected
    assert error(live.http.get("/models/"), 404)
    for method, path in (("DELETE", "/completions"), ("PUT", "/models"), ("GET", "/completions")):
        answer = live.http.request(method, path)
        assert error(answer, 405)["type"] == "invalid_request_error"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[",
        b"[]",
        b"5",
        b"null",
        b'"model"',
        b'{"model": "ada", "temperature": NaN}',
        b'{"model": "ada", "prompt": "\\ud800"}',
        b'{"model": "ada", "prompt": "\xff"}',
        b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
        b"[" * 100_000,
        "{}".encode("utf-16"),
    ],
    ids=lambda content: repr(content[:30]),
)
def test_what_is_no_object_of_json_is_refused(live: Server, content: bytes) -> None:
    headers = {"content-type": "application/json"}
    told = error(live.http.post("/completions", content=content, headers=headers), 400)
    assert "JSON" in told["message"] or "required" in told["message"]


def test_deep_values_in_any_place_are_refused(live: Server) -> None:
    deep: Any = 1
    for _ in range(500):
        deep = [deep]
    for name in ("prompt", "stop", "user", "logit_bias", "stream_options", "unknown"):
        assert error(live.post("/completions", **{"model": "ada", name: deep}), 400)
    for name in ("messages", "metadata", "tools", "response_format"):
        messages = [{"role": "user", "content": "0"}]
        body = {"model": "ada", "messages": messages, name: deep}
        assert error(live.post("/chat/completions", **body), 400)


def test_another_kind_of_content_is_refused(live: Server) -> None:
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data"):
        answer = live.http.post(
            "/completions", content=b'{"model": "ada"}', headers={"content-type": kind}
        )
        assert "application/json" in error(answer, 400)["message"]


def test_a_large_body_is_refused_however_it_comes(live: Server) -> None:
    large = b'{"model": "ada", "prompt": "' + b"x" * (2 << 20) + b'"}'
    headers = {"content-type": "application/json"}
    told = error(live.http.post("/completions", content=large, headers=headers), 413)
    assert "2,097,152 bytes" in told["message"]
    chunks = (large[at : at + 65536] for at in range(0, len(large), 65536))
    assert error(live.http.post("/completions", content=chunks, headers=headers), 413)
    assert live.http.get("/models").status_code == 200


@pytest.mark.parametrize(
    "request_line",
    [b"GET / HTTP/9.9\r\n\r\n", b"\x16\x03\x01\x02\x00", b"GET /v1/\xff HTTP/1.1\r\n\r\n"],
)
def test_noise_on_the_port_is_survived(live: Server, request_line: bytes) -> None:
    host, port = live.url.removeprefix("http://").removesuffix("/v1").split(":")
    with socket.create_connection((host, int(port)), timeout=PATIENCE_S) as noisy:
        noisy.sendall(request_line)
        noisy.shutdown(socket.SHUT_WR)
        assert b" 200 " not in noisy.recv(100)
    assert live.http.get("/models").status_code == 200
