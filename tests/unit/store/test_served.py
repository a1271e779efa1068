"""What a server was asked and answered comes back as it was."""

from pathlib import Path

import pytest

from xiangsheng.core.errors import StoreError
from xiangsheng.core.example import Message
from xiangsheng.core.generation import Completion, Finish, Outcome, Prompt, Request, Sampling
from xiangsheng.store.served import Answered, Asked
from xiangsheng.store.workspace import open_workspace

REQUESTS = (
    Request("complete", Prompt("0: 你好\n1:"), Sampling(seed=2**63 - 1, logit_bias={"好": -1.0})),
    Request(
        "complete/1",
        Prompt(messages=(Message("user", "您好"),)),
        Sampling(stop=("。",)),
        stream=True,
    ),
)
OUTCOME = Outcome("complete", "local:ada", (Completion("来了", Finish.STOP),), latency_s=0.5)
NOW = "2026-01-02T03:04:05Z"


def asked(place: int) -> Asked:
    return Asked("cmpl-1", place, "completions", "local:ada", "0" * 64, REQUESTS[place], NOW)


def test_questions_come_back_with_the_answers_there_are(
    tmp_path: Path, tables: dict[str, str]
) -> None:
    with open_workspace(tmp_path, tables) as workspace:
        workspace.served.write([asked(1), asked(0)])
        assert workspace.served.read("cmpl-1") == [(REQUESTS[0], None), (REQUESTS[1], None)]
        workspace.served.write([Answered("cmpl-1", 0, OUTCOME, NOW)])
        assert workspace.served.read("cmpl-1") == [(REQUESTS[0], OUTCOME), (REQUESTS[1], None)]
        assert workspace.served.read("cmpl-2") == []


def test_an_answer_to_no_question_is_refused_and_nothing_of_its_group_kept(
    tmp_path: Path, tables: dict[str, str]
) -> None:
    with open_workspace(tmp_path, tables) as workspace:
        with pytest.raises(StoreError):
            workspace.served.write([asked(0), Answered("cmpl-9", 0, OUTCOME, NOW)])
        assert workspace.served.read("cmpl-1") == []
