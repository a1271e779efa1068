"""A batch outlives its server, and of two servers one answers it: every request once."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from batches import awaited, batch_of, ended, file_of, lines, look
from served import NEVER_ENDS, Server, make_home, serving
from xiangsheng.server.batch_answering import IN_FLIGHT
from xiangsheng.store.database import reading
from xiangsheng.store.workspace import open_workspace

COUNT = 400
CONTENT = lines(COUNT, max_tokens=30, logit_bias=NEVER_ENDS)


@pytest.fixture
def home(tmp_path: Path, tables: dict[str, str]) -> Path:
    return make_home(tmp_path, tables)


def begun(server: Server, batch: dict[str, Any], least: int = 1) -> dict[str, Any]:
    return awaited(server, batch, lambda seen: seen["request_counts"]["completed"] >= least)


def rows(home: Path, query: str) -> list[tuple[Any, ...]]:
    with (
        open_workspace(home, {"XIANGSHENG_HOME": str(home)}) as workspace,
        reading(workspace.engine) as connection,
    ):
        return [tuple(row) for row in connection.execute(text(query))]


def require_whole(server: Server, batch: dict[str, Any]) -> str:
    """Every request has one answer, and nothing else is left of it. Gives the output as it is."""
    done = ended(server, batch)
    assert done["status"] == "completed"
    assert done["request_counts"] == {"total": COUNT, "completed": COUNT, "failed": 0}
    found = file_of(server, done["output_file_id"])
    assert [one["custom_id"] for one in found] == [
        f"第{number}个" for number in range(1, COUNT + 1)
    ]
    assert rows(server.home, "SELECT * FROM batch_answers") == []
    assert len(rows(server.home, "SELECT * FROM files WHERE purpose = 'batch_output'")) == 1
    assert look(server, batch)["usage"]["total_tokens"] == sum(
        one["response"]["body"]["usage"]["total_tokens"] for one in found
    )
    return server.http.get(f"/files/{done['output_file_id']}/content").text


def test_kill_9_of_the_server_loses_no_answer_and_asks_none_again(home: Path) -> None:
    kept = dict[str, None]()
    with serving(home) as server:
        made = batch_of(server, CONTENT)
    for least in (1, COUNT // 4, COUNT // 2):
        with serving(home) as server:
            begun(server, made, least)
            server.process.kill()
            server.process.wait()
        kept |= dict.fromkeys(body for (body,) in rows(home, "SELECT body FROM batch_answers"))
    assert COUNT // 2 <= len(kept) < COUNT
    with serving(home) as server:
        output = require_whole(server, made).splitlines()
    assert kept.keys() <= set(output)
    ((asked,),) = rows(home, "SELECT count(*) FROM served_requests")
    assert asked <= COUNT + 4 * IN_FLIGHT  # the one that took the batch was stopped underway, too


def test_of_two_servers_one_answers_and_the_other_takes_over_when_it_dies(home: Path) -> None:
    with serving(home) as first, serving(home) as second:
        made = batch_of(second, CONTENT)
        begun(second, made)
        ((owner,),) = rows(home, "SELECT owner FROM batches")
        answers = next(one for one in (first, second) if f"/{one.process.pid}-" in owner)
        other = second if answers is first else first
        answers.process.kill()
        require_whole(other, made)
        ((token,),) = rows(home, "SELECT token FROM batches")
        assert token == 4  # looked into, answered twice, ended
    ((asked,),) = rows(home, "SELECT count(*) FROM served_requests")
    assert asked <= COUNT + IN_FLIGHT


def test_two_servers_at_once_ask_every_request_once(home: Path) -> None:
    with serving(home) as first, serving(home) as second:
        made = [batch_of(one, lines(50)) for one in (first, second, first, second)]
        for batch in made:
            assert ended(second, batch)["request_counts"]["completed"] == 50
    assert rows(home, "SELECT count(*) FROM served_requests") == [(200,)]
    assert rows(home, "SELECT count(*) FROM served_outcomes") == [(200,)]


def test_a_server_that_stops_lets_go_of_its_batch_at_once(home: Path) -> None:
    with serving(home) as server:
        made = batch_of(server, CONTENT)
        begun(server, made)
        code, said = server.stop()
    assert (code, "Traceback" in said) == (0, False)
    assert rows(home, "SELECT state, owner FROM batches") == [("in_progress", "")]
    with serving(home) as server:
        require_whole(server, made)
