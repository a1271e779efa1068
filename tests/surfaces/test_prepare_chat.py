"""`prepare` on files of messages, as it is typed."""

import io
import json
from typing import Any

import pytest

from surfaces.command import Command
from surfaces.hostile import ROWS, left, lines, measured, read
from xiangsheng.core.rendering import Format, Rendering
from xiangsheng.corpus.study import bundled
from xiangsheng.prepare.render import examples
from xiangsheng.prepare.rows import examples_jsonl


def chat(*said: str, **more: Any) -> dict[str, Any]:
    roles = ("user", "assistant") * len(said)
    messages = [{"role": role, "content": text} for role, text in zip(roles, said, strict=False)]
    return {"messages": messages, **more}


CHATS = [chat(f"您好{n}", f"好{n}", "再见", "慢走") for n in range(20)]
BAD = {
    "messages": [{"role": "user", "content": "您好"}, {"role": "bot", "content": "", "weight": 3}]
}


def test_rows_of_messages_are_known_as_what_they_are(command: Command) -> None:
    command.write("a.jsonl", lines(CHATS))
    result = command.call("prepare", "a.jsonl", "-q")
    assert (result.code, result.err) == (0, "")
    assert result.out.splitlines()[:3] == [
        "a.jsonl: 20 rows, checked as chat",
        "- [info] 20 examples; have at least 200: each doubling helps about as much as the one before",
        "Nothing was written.",
    ]
    assert "ft create -t a.jsonl" in result.out
    assert left(command) == {"a.jsonl"}


def test_our_own_rendering_is_left_as_it_is(command: Command) -> None:
    rows = examples(bundled().train, Rendering(format=Format.CHAT))
    command.write("own.jsonl", "".join(examples_jsonl(rows)))
    result = command.call("prepare", "own.jsonl", "-q", "--json")
    report = json.loads(result.out)
    assert [finding["rule"] for finding in report["findings"]] == ["num_examples"]
    assert (report["profile"], report["output"]) == ("chat", None)


def test_a_report_for_a_program_has_every_fault_with_its_place(command: Command) -> None:
    command.write("a.jsonl", lines([*CHATS[:2], BAD]) + '{"messages": [}\n' + lines([7, CHATS[2]]))
    result = command.call("prepare", "a.jsonl", "-q", "--json")
    assert result.code == 3
    report = json.loads(result.out)
    assert report["schema_version"] == 1
    assert (report["rows_in"], report["rows_out"], report["output"]) == (3, None, None)
    assert report["bad"] == [
        {
            "line": 3,
            "column": None,
            "place": "messages[1].role",
            "text": '"bot"',
            "reason": "is none of system, user and assistant",
        },
        {
            "line": 3,
            "column": None,
            "place": "messages[1].content",
            "text": '""',
            "reason": "says nothing",
        },
        {
            "line": 3,
            "column": None,
            "place": "messages[1].weight",
            "text": "3",
            "reason": "is neither 0 nor 1",
        },
        {
            "line": 4,
            "column": 15,
            "place": None,
            "text": '{"messages": [}',
            "reason": "not JSON: Expecting value",
        },
        {
            "line": 5,
            "column": 1,
            "place": None,
            "text": "7",
            "reason": "a row must be an object in braces",
        },
    ]
    rules = {finding["rule"]: finding for finding in report["findings"]}
    assert {rule: (one["level"], one["rows"]) for rule, one in rules.items() if one["rows"]} == {
        "bad_line": ("fatal", [4, 5]),
        "role": ("fatal", [3]),
        "content": ("fatal", [3]),
        "weight": ("fatal", [3]),
    }
    assert left(command) == {"a.jsonl"}


def test_bad_rows_are_shown_and_left_out_when_asked_for(command: Command) -> None:
    command.write("a.jsonl", lines([CHATS[0], BAD, *CHATS[1:]]))
    refused = command.call("prepare", "a.jsonl", "-q")
    assert refused.code == 3
    assert '    2:messages[1].role: is none of system, user and assistant: "bot"' in refused.out
    result = command.call("prepare", "a.jsonl", "-q", "--skip-bad")
    assert result.code == 0
    assert read(command.folder / "a_prepared.jsonl") == CHATS
    assert read(command.folder / "a_prepared.changes.jsonl") == [
        {"line": 2, "rules": ["role", "content", "weight"], "before": BAD, "after": None}
    ]


def test_each_fix_is_asked_for(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    unread, last = chat("您好", "好", id=7), chat("来了", "来了", "走")
    command.write("a.jsonl", lines([*CHATS, unread, last, CHATS[0]]))
    for answers, kept in {
        "n\nn\ny\n": [*CHATS, chat("您好", "好"), last, CHATS[0]],
        "y\nn\ny\n": [*CHATS, chat("您好", "好"), last],
        "n\ny\ny\n": [*CHATS, chat("您好", "好"), chat("来了", "来了"), CHATS[0]],
    }.items():
        monkeypatch.setattr("sys.stdin", io.StringIO(answers))
        out = f"{answers.encode().hex()}.jsonl"
        result = command.call("prepare", "a.jsonl", "-o", out)
        assert result.code == 0
        assert result.err.count("[Y/n]") == 3
        assert read(command.folder / out) == kept
    monkeypatch.setattr("sys.stdin", io.StringIO("y\ny\nn\n"))
    assert "Nothing was written." in command.call("prepare", "a.jsonl").out


@pytest.mark.parametrize("first", [0, 1])
def test_rows_of_two_formats_are_told_whichever_comes_first(command: Command, first: int) -> None:
    halves = [CHATS, ROWS]
    command.write("a.jsonl", lines([*halves[first], *halves[1 - first]]))
    result = command.call("prepare", "a.jsonl", "-q", "--json", "--skip-bad")
    assert result.code == 3
    report = json.loads(result.out)
    (mixed,) = [one for one in report["findings"] if one["rule"] == "mixed_formats"]
    start = 1 + (0 if first else len(CHATS))
    assert mixed["rows"] == list(range(start, start + len(ROWS)))
    assert (mixed["level"], report["profile"]) == ("fatal", "chat")
    assert "a file of its own" in mixed["message"]


def test_the_profile_that_is_said_is_the_one_that_is_used(command: Command) -> None:
    command.write("a.jsonl", lines(CHATS))
    command.write("b.jsonl", lines(ROWS))
    for profile in ("dialogue", "openai-2022"):
        refused = command.call("prepare", "a.jsonl", "-q", "--profile", profile)
        assert refused.code == 3
        assert "there is no column prompt; there are messages" in refused.out
    old = command.call("tools", "fine_tunes.prepare_data", "-q", "-f", "a.jsonl")
    assert old.code == 3
    other = command.call("prepare", "b.jsonl", "-q", "--profile", "chat")
    assert other.code == 3
    assert "leave out --profile chat" in other.out


def test_a_dialogue_stays_on_one_side_of_a_split(command: Command) -> None:
    command.write("a.jsonl", lines([row for row in CHATS for _ in range(2)]))
    result = command.call(
        "prepare", "a.jsonl", "--split", "-q", "--profile", "chat", "-o", "o.jsonl"
    )
    assert result.code == 0
    train, valid = (read(command.folder / f"o_{part}.jsonl") for part in ("train", "valid"))
    assert (len(train), len(valid)) == (16, 4)
    one = command.write("one.jsonl", lines([chat("您好", f"好{n}") for n in range(9)]))
    alone = command.call("prepare", one.name, "--split", "-q")
    assert alone.code == 2
    assert "all rows are of one dialogue" in alone.err
    assert not [name for name in left(command) if name.startswith("one_")]


def test_a_split_is_the_same_every_time_and_another_with_another_seed(command: Command) -> None:
    command.write("a.jsonl", lines(CHATS))
    for out, more in {"b": (), "c": (), "d": ("--seed", "7")}.items():
        assert (
            command.call("prepare", "a.jsonl", "--split", "-q", "-o", f"{out}.jsonl", *more).code
            == 0
        )
    held = [(command.folder / f"{out}_valid.jsonl").read_text(encoding="utf-8") for out in "bcd"]
    assert held[0] == held[1] != held[2]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("name", ["a.jsonl", "a.json"])
def test_other_encodings_and_layouts(command: Command, encoding: str, name: str) -> None:
    rows = [chat(f"您好，我说{n}", "是的，我们在这里") for n in range(20)]
    text = lines(rows) if name == "a.jsonl" else json.dumps(rows, ensure_ascii=False, indent=1)
    command.write(name, text.encode(encoding))
    result = command.call("prepare", name, "-q", "-o", "o.jsonl")
    assert result.code == 0, result.out
    assert "checked as chat" in result.out
    assert read(command.folder / "o.jsonl") == rows


def test_one_row_in_one_line_is_a_row(command: Command) -> None:
    for name in ("a.jsonl", "b.json"):
        command.write(name, json.dumps(CHATS[0]))
        result = command.call("prepare", name, "-q", "--json", "-o", f"{name}.out")
        assert json.loads(result.out)["rows_in"] == 1
        assert read(command.folder / f"{name}.out") == CHATS[:1]


def test_what_looks_at_prompts_only_is_refused(command: Command) -> None:
    command.write("a.jsonl", lines(CHATS))
    for more in (("--tokens",), ("--valid", "a.jsonl"), ("--against", "a.jsonl"), ("--near",)):
        result = command.call("prepare", "a.jsonl", *more)
        assert result.code == 2
        assert "these are messages" in result.err


def test_the_findings_in_chinese(command: Command) -> None:
    command.write("a.jsonl", lines([*CHATS, BAD]))
    done = command.start("--lang", "zh", "prepare", "a.jsonl", "-q")
    out, _ = done.communicate(timeout=60)
    assert done.returncode == 3
    assert "- [错误] 1 行有未知的角色" in out


SOUND = json.dumps(CHATS[0], ensure_ascii=False).encode()


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (SOUND.replace(b"\xe5", b"\xff", 1), "is no UTF-8"),
        (SOUND.replace("您".encode(), b"\0", 1), "not JSON: Invalid control character at"),
        (SOUND.replace("您".encode(), b"\xed\xa0\x80", 1), "byte 0xed is no UTF-8"),
        (SOUND.replace("您".encode(), b"\\ud800", 1), "half a character"),
        (
            SOUND.replace(b'"role": "user"', b'"role": "user", "ro\\u006ce": "user"', 1),
            "'role' twice",
        ),
        (SOUND.replace(b'{"messages"', b'{"messages": 1, "messages"'), "'messages' twice"),
        (SOUND.replace(b'"user"', b"[" * 10_000, 1), "nested too deeply"),
        (SOUND[:-1], "not JSON: Expecting ',' delimiter"),
        (SOUND.replace("您".encode(), b"a" * 3_000_000), "bytes; at most 2,097,152 are read"),
    ],
)
def test_hostile_lines_are_told_and_the_rest_is_read(
    command: Command, line: bytes, said: str
) -> None:
    rest = lines(CHATS[1:]).encode()
    command.write("a.jsonl", SOUND + b"\n" + line + b"\n" + rest)
    refused = command.call("prepare", "a.jsonl", "-q", "--json")
    assert refused.code == 3
    (bad,) = json.loads(refused.out)["bad"]
    assert (bad["line"], said in bad["reason"]) == (2, True), bad
    assert left(command) == {"a.jsonl"}
    assert command.call("prepare", "a.jsonl", "-q", "--skip-bad").code == 0
    assert read(command.folder / "a_prepared.jsonl") == CHATS
    (record,) = read(command.folder / "a_prepared.changes.jsonl")
    assert (record["line"], record["rules"], record["after"]) == (2, ["bad_line"], None)


def test_a_line_of_64_mb_of_messages(command: Command) -> None:
    with (command.folder / "a.jsonl").open("wb") as stream:
        stream.write(SOUND + b'\n{"messages":[{"role":"user","content":"')
        for _ in range(64):
            stream.write(b"a" * (1 << 20))
        stream.write(b'"}]}\n' + lines(CHATS[1:]).encode())
    done, peak = measured(command, "prepare", "a.jsonl", "-q", "--skip-bad")
    assert done.returncode == 0, done.stderr
    assert read(command.folder / "a_prepared.jsonl") == CHATS
    assert peak < 100


@pytest.mark.soak
def test_a_million_rows_in_little_memory(command: Command) -> None:
    with (command.folder / "a.jsonl").open("w", encoding="utf-8") as stream:
        for n in range(1_000_000):
            stream.write(json.dumps(chat(f"您好{n}", f"好{n}", "再见", "慢走"), ensure_ascii=False))
            stream.write("\n")
        stream.write(json.dumps(chat("您好0", "好0", "再见", "慢走"), ensure_ascii=False) + "\n")
    done, peak = measured(command, "prepare", "a.jsonl", "-q")
    assert done.returncode == 0, done.stderr
    assert "1,000,001 rows, checked as chat" in done.stdout
    assert "1 row equals an earlier one" in done.stdout
    assert peak < 200
