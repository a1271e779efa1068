"""The models that are listed can be had, and others say why not."""

import shutil
from pathlib import Path
from urllib.parse import quote

from served import CHAT, TUNED, Server, good, make_home, serving


def wire(name: str) -> str:
    return name.removeprefix("local:")


def test_the_list_has_all_that_need_not_be_built(live: Server) -> None:
    reply = good(live.http.get("/models"))
    found = {model["id"]: model for model in reply["data"]}
    assert list(found) == [wire(CHAT), wire(TUNED), "ada", "babbage", "ngram:5"]
    assert found[wire(TUNED)]["parent"] == found[wire(TUNED)]["root"] == "ada"
    assert found["ada"]["parent"] is None
    assert found["ada"]["created"] == 1767323045
    for name, model in found.items():
        assert good(live.http.get(f"/models/{name.replace(':', '%3A')}")) == model
        assert good(live.http.get(f"/models/{name}")) == model


def test_a_model_that_is_not_there_is_named(live: Server) -> None:
    for answer in (
        live.http.get("/models/gpt-4"),
        live.post("/completions", model="gpt-4", prompt="0:"),
        live.post("/chat/completions", model="gpt-4", messages=[{"role": "user", "content": "0"}]),
        live.http.get("/engines/gpt-4"),
        live.post("/engines/gpt-4/completions", prompt="0:"),
    ):
        assert answer.status_code == 404
        assert answer.json()["error"] == {
            "message": "The model 'gpt-4' does not exist",
            "type": "invalid_request_error",
            "param": "model",
            "code": "model_not_found",
        }


def test_a_base_that_is_not_built_says_how_to_build_it(live: Server) -> None:
    for name in ("davinci", "local:davinci"):
        error = live.post("/completions", model=name, prompt="0:").json()["error"]
        assert error["code"] == "model_not_found"
        assert error["message"] == (
            f"The model '{name}' does not exist. Build it first: xiangsheng models build davinci."
        )


def test_odd_names_are_only_names(live: Server) -> None:
    for name in ("fake:echo", "openai:davinci", "../ada", "ada/../ada", "ngram:12", "\u0000", "啊"):
        assert live.post("/completions", model=name, prompt="0:").status_code == 404
        assert live.http.get("/models/" + quote(name, safe="")).status_code == 404


def test_models_come_and_go_while_the_server_runs(tmp_path: Path) -> None:
    home = make_home(tmp_path)
    with serving(home, "--models", "1") as server:
        assert server.complete(prompt="0:")["model"] == "ada"
        # Only one may be open: each closes the one before.
        assert server.complete(prompt="0:", model="babbage")["model"] == "babbage"
        assert server.complete(prompt="0:", model=TUNED)["model"] == wire(TUNED)
        shutil.rmtree(home / "bases" / ("1" * 16))
        assert server.post("/completions", model="ada", prompt="0:").status_code == 404
        damaged = next((home / "bases").glob("2*")) / "model.safetensors"
        damaged.write_bytes(damaged.read_bytes()[:-1])
        answer = server.post("/completions", model="babbage", prompt="0:")
        assert answer.status_code == 404
        assert "Build it first" in answer.json()["error"]["message"]
