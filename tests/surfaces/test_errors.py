"""Bad input → message → exit code. Each case is a row of docs/reference/errors.md.

`make golden` writes the table anew from what is really said; the diff is reviewed.
"""

import fcntl
import os
import re
import socket
import sqlite3
import sys
import zipfile
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest
from xlsxwriter import Workbook

from false_service import KEY, Fault, false_service
from support import ROOT
from surfaces.command import Command, Result
from xiangsheng.backends.hosted.http import Patience

PAGE = ROOT / "docs" / "reference" / "errors.md"
GOOD = "甲:您听说过吗？\n乙:听说什么？\n" * 12
JOBS = "/fine_tuning/jobs"
SMALL = ("--set", "tasks.next-line.given=3", "--set", "tasks.last-ten.given=3")


@dataclass(frozen=True)
class Case:
    """`text` or `prepare` makes the bad input; `command` is what is then typed."""

    what: str
    command: str
    text: bytes | str | None = None
    prepare: Callable[[Command], object] | None = None


def newer_home(command: Command) -> None:
    command.call("complete", "-m", "ngram:5", "-p", "0:您好")
    database = command.folder / ".xiangsheng" / "xiangsheng.db"
    connection = sqlite3.connect(database)
    with connection:
        connection.execute("UPDATE schema_version SET version = 99")
    connection.close()


def c3(cfg: str | None) -> Callable[[Command], None]:
    def write(command: Command) -> None:
        command.write("bad/1.txt", "0:您好。\n1:您好。\n")
        command.write("bad/2.txt", "0:您好！\n1:您好！\n")
        command.write("bad/2.cfg", '{"title": "二", "roles": ["甲:", "乙:"]}')
        if cfg is not None:
            command.write("bad/1.cfg", cfg)

    return write


def folder(command: Command) -> None:
    (command.folder / "bad").mkdir()


def begun(command: Command) -> None:
    """A selection that stopped short: one script of fifty."""
    command.call("corpus", "select", "bad.txt", "-o", "set", "--yes")


def begun_and_changed(command: Command) -> None:
    begun(command)
    command.write("bad.txt", GOOD.replace("吗", "么", 1))


def completed_and_changed(command: Command) -> None:
    command.call("corpus", "select", "bad.txt", "-o", "set", "--scripts", "1", "--yes")
    log = command.folder / "set.decisions.jsonl"
    log.write_text(log.read_text("utf-8").replace('"last": 20', '"last": 18'), "utf-8")


def held(command: Command) -> None:
    """As another process would; the system lets go of it when the tests end."""
    file = os.open(command.write("set.decisions.jsonl", ""), os.O_RDWR)
    fcntl.flock(file, fcntl.LOCK_EX)


def corners(command: Command) -> None:
    book = Workbook(command.folder / "bad.xlsx")
    sheet = book.add_worksheet()
    sheet.write(0, 0, "角色")
    sheet.write(1_048_575, 16_383, "台词")
    book.close()


def bomb(command: Command) -> None:
    with (
        zipfile.ZipFile(command.folder / "bad.xlsx", "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("xl/workbook.xml", "w") as part,
    ):
        for _ in range(257):
            part.write(b" " * 1_048_576)


def without_torch(command: Command) -> None:
    command.patch.setattr("xiangsheng.verbs.models.find_spec", lambda _name: None)


def sparse(command: Command) -> None:
    with (command.folder / "bad.csv").open("wb") as stream:
        stream.truncate(1 << 30)  # takes no room on the disk


def sheet(command: Command) -> None:
    book = Workbook(command.folder / "bad.xlsx")
    book.add_worksheet("一").write(0, 0, "prompt")
    book.close()


ONE_CHAT = (
    '{"messages": [{"role": "user", "content": "在吗"}, {"role": "assistant", "content": "好"}]}'
)
ONE = '{"prompt": "0:您好\\n1:", "completion": " 好\\n"}'


def queued(command: Command) -> None:
    """A job that nobody works on."""
    command.patch.setattr("xiangsheng.verbs.home_jobs.ensure_worker", lambda *_: None)
    command.write("data.jsonl", EXAMPLE)
    command.call("ft", "create", "-t", "data.jsonl", "-m", "ngram:3", "-y", "--no-follow")


def cancelled(command: Command) -> None:
    queued(command)
    command.call("ft", "cancel", "ft-" + stored(command, "SELECT id FROM jobs"))


EXAMPLE = '{"prompt": "0: 谁？\\n1:", "completion": " 我。\\n"}\n'


THERE = "--base-url http://127.0.0.1:47114/v1"


def elsewhere(*faults: Fault, key: str = KEY) -> Callable[[Command], None]:
    """A service on loopback that has one job, which failed, and does badly as told."""

    def serve(command: Command) -> None:
        hurried(command)
        service = command.held.enter_context(false_service(47114))
        service.faults = list(faults)
        error = {"code": "diverged", "message": "the loss is no number any more"}
        service.job(status="failed", error=error)
        command.patch.setenv("XIANGSHENG_API_KEY", key)

    return serve


def hurried(command: Command) -> None:
    command.patch.setattr(Patience, "pause", lambda *_: 0.0)


def odd_key(command: Command) -> None:
    command.patch.setenv("XIANGSHENG_API_KEY", "密钥")


def unknown_host(command: Command) -> None:
    def lookup(*_: object, **__: object) -> object:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    command.patch.setattr(socket, "getaddrinfo", lookup)


def taken(command: Command) -> None:
    """A server that listens until the test has ended."""
    other = command.held.enter_context(socket.socket())
    other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    other.bind(("127.0.0.1", 47113))
    other.listen()


def damaged_key(command: Command) -> None:
    command.write("settings/xiangsheng/server-key", "sesame")
    command.patch.setenv("XDG_CONFIG_HOME", str(command.folder / "settings"))


ASKED = ("complete", "-m", "ngram:5", "-p", "0:您好")


def database(options: str = "") -> Callable[[Command], None]:
    """A new one; typed as ADDRESS."""

    def make(command: Command) -> None:
        command.address = command.cluster().new_database(options)

    return make


def no_database(command: Command) -> None:
    command.address = command.cluster().url("nowhere")


def wrong_password(command: Command) -> None:
    address = command.cluster().by_password("/postgres", "sesame")
    command.patch.setenv("XIANGSHENG_DATABASE", address)


def no_right(command: Command) -> None:
    """What PostgreSQL 15 and later give to who owns no database."""
    database()(command)
    name = command.address.partition("?")[0].rpartition("/")[2]
    command.cluster().execute("REVOKE CREATE ON SCHEMA public FROM PUBLIC", name)
    command.cluster().execute(
        "DO $$ BEGIN CREATE ROLE guest LOGIN; EXCEPTION WHEN duplicate_object THEN END $$"
    )
    command.address = command.address.replace("postgres@", "guest@")


def used_database(command: Command) -> None:
    database()(command)
    command.call(*ASKED, "--database", command.address)


def others_database(command: Command) -> None:
    used_database(command)
    (command.folder / ".xiangsheng").rename(command.folder / "other")


def newer_database(command: Command) -> None:
    used_database(command)
    name = command.address.partition("?")[0].rpartition("/")[2]
    command.cluster().execute("UPDATE schema_version SET version = 99", name)


def programs_database(command: Command) -> None:
    database()(command)
    name = command.address.partition("?")[0].rpartition("/")[2]
    command.cluster().execute("CREATE TABLE jobs (title TEXT)", name)


def written_by_others(command: Command) -> None:
    command.write(".xiangsheng/database", "postgresql://me@nowhere.example/home\n").chmod(0o666)


def home_with_tables(command: Command) -> None:
    command.call(*ASKED)
    database()(command)


def without_psycopg(command: Command) -> None:
    command.patch.setitem(sys.modules, "psycopg", None)


SMALL_RECIPE = """\
name = "small"
model = "local:ada"
tune = true
rendering.format = "script"
sampling.max_tokens = 2
tasks.next-line = {given = 1, asked = 1}
base.characters = 4000
tuning.epochs = 9
tuning.learning_rate = 1.0
"""

CASES = (
    Case("no such file", "corpus stats nowhere.txt"),
    Case("an encoding nobody can read", "corpus stats bad.txt", b"0:\x81\xff\xfe\x30\n1:\xff\xff\n"),
    Case("UTF-16 without its mark", "corpus stats bad.txt", "0:您好\n1:您好\n".encode("utf-16-le")),
    Case("a script of one line", "corpus stats bad.txt", "甲:就我一个人。\n"),
    Case("three speakers", "corpus stats bad.txt", "甲:来了？\n乙:来了。\n丙:还有我！\n" * 3),
    Case("a line without a label", "corpus stats bad.txt", GOOD + "谁说的这句？\n"),
    Case("a label without words", "corpus stats bad.txt", GOOD + "甲:\n乙:嗯。\n"),
    Case("an empty file", "corpus stats bad.txt", ""),
    Case("blank lines only", "corpus stats bad.txt", "\n\n\n"),
    Case("a line of 5,000 characters", "corpus stats bad.txt", GOOD + "甲:" + "啊" * 5000 + "\n"),
    Case("a missing .cfg", "corpus stats bad", prepare=c3(None)),
    Case("a broken .cfg", "corpus stats bad", prepare=c3('{"title": "一",\n "roles": [}')),
    Case("an empty folder", "corpus stats bad", prepare=folder),
    Case("an output that exists", "corpus render bad.txt -o bad.txt", GOOD),
    Case("a folder of no known layout", "run exp1 --data bad", prepare=folder),
    Case("test scripts that are too short", "run exp1 --set data.train=bad.txt --set data.test=bad.txt", "甲:您好。\n乙:您好。\n"),
    Case("an unknown recipe", "run exp3"),
    Case("an unknown key in a recipe", "run exp1 --set sampling.temprature=0.5"),
    Case("a key of the wrong kind", "run exp1 --set seed=pear"),
    Case("a recipe that is not TOML", "run bad.toml", 'name = "x\n'),
    Case("a model with a slip in its name", "run exp1 --model ngarm:5"),
    Case("an order no n-gram model has", "run exp1 --model ngram:12"),
    Case("a model of a later version", "run exp1 --model openai:gpt-4o"),
    Case("tuning what cannot be tuned", "run exp2 --model fake:echo"),
    Case("max_tokens 0", "complete -p 0:你好 --max-tokens 0"),
    Case("temperature 3", "complete -p 0:你好 --temperature 3"),
    Case("five stops", "complete -p 0:你好 --stop a --stop b --stop c --stop d --stop e"),
    Case("best_of below n", "complete -p 0:你好 -n 3 --best-of 2"),
    Case("items that fail", "run exp1 --model fake:flaky?every=3"),
    Case("no home yet", "resume"),
    Case("a run nobody began", "resume exp9", prepare=lambda command: command.call("run", "exp1", "-m", "ngram:5")),
    Case("a task that asks for nothing", "run exp1 --set tasks.last-ten.asked=0"),
    Case("a chat for a model of text", "run exp1 --set rendering.format=chat"),
    Case("a pair without a text", "score bad.json", '[{"ori": "好", "gen": null}]'),
    Case("a file that is not JSON", "score bad.json", "[{"),
    Case("JSON that holds no pairs", "score bad.json", '{"a": 1}'),
    Case("pairs that are no whole scripts", "score bad.json --lines-per-script 19", '[{"ori": "好", "gen": "好"}]'),
    Case("a home of a newer version", "models", prepare=newer_home),
    Case("a home that cannot be made", "run exp1", prepare=lambda command: command.write(".xiangsheng", "")),
    Case("a size that is none", "models build gpt"),
    Case("a hyperparameter out of range", "run exp2 --set tuning.epochs=0"),
    Case("a local model without torch", "complete -m local:ada -p 0:你好", prepare=without_torch),
    Case("a prompt that is too long", f"complete -m local:ada -p 0:{'啊' * 1100}", prepare=lambda command: command.call("models", "build", "ada", "--chars", "4000")),
    Case("another rendering than the model's", "run exp1 --model TUNED --set rendering.space=true", prepare=lambda command: command.call("run", "exp2", "-m", "ngram:5", *SMALL)),
    Case("a learning rate that is far too high", "run bad.toml --set tuning.learning_rate_multiplier=100", SMALL_RECIPE),
    Case("more test scripts than there are", "corpus select bad.txt -o set --yes", GOOD),
    Case("no script with a window", "corpus select bad.txt -o set --lines 30", GOOD),
    Case("decisions begun with other lines", "corpus select bad.txt -o set --lines 12", GOOD, begun),
    Case("a script that changed since", "corpus select bad.txt -o set", GOOD, begun_and_changed),
    Case("decisions that another process has", "corpus select bad.txt -o set", GOOD, held),
    Case("a file that holds no decisions", "corpus select bad.txt -o set --decisions bad.txt", GOOD),
    Case("decisions within the set", "corpus select bad.txt -o set --decisions set/mine.jsonl", GOOD),
    Case("decisions that are not complete", "corpus select bad.txt -o again --rebuild set.decisions.jsonl", GOOD, begun),
    Case("decisions that somebody changed", "corpus select bad.txt -o again --rebuild set.decisions.jsonl", GOOD, completed_and_changed),
    Case("a set made again with other options", "corpus select bad.txt -o again --rebuild set.decisions.jsonl --lines 12", GOOD),
    Case("no characters to compose", "corpus compose --chars 0"),
    Case("a place for composed scripts that is taken", "corpus compose --chars 100 -o bad.txt", GOOD),
    Case("a mood that is none", "corpus openings --topic 茶 --mood 高兴"),
    Case("a base that reads something else", "run exp2 --set base.text=web"),
    Case("a bound that bounds nothing", "corpus leaks bad.txt bad.txt --run 4", GOOD),
    Case("a split without a number", "corpus split bad.txt -o out", GOOD),
    Case("a split that leaves nothing to learn from", "corpus split bad.txt -o out --test 1", GOOD),
    Case("a share of everything", "corpus split bad.txt -o out --test-share 1.5", GOOD),
    Case("a group that is larger than the test", "corpus split bad -o out --test 1", prepare=lambda command: [command.write(f"bad/{name}.txt", GOOD) for name in "abc"]),
    Case("spans of no characters", "copied --at-least 0", prepare=lambda command: command.call("run", "exp1", "-m", "ngram:5")),
    Case("a table whose columns are not understood", "corpus stats bad.csv", "编号,谁,啥\n1,甲,您好\n"),
    Case("a mapping to a column that is not there", "corpus stats bad.csv --columns text=台词", "谁,啥\n甲,您好\n"),
    Case("a mapping of a field that is none", "corpus stats bad.csv --columns words=台词", "谁,啥\n甲,您好\n"),
    Case("a quotation mark that is not closed", "corpus stats bad.csv", '角色,台词\n甲,"您好\n乙,您好\n'),
    Case("a comma too many", "corpus stats bad.csv", "角色,台词\n甲,您好,李先生\n"),
    Case("rows of a script that stand apart", "corpus stats bad.csv", "剧本,角色,台词\n1,甲,好\n2,甲,好\n1,乙,好\n"),
    Case("a workbook that is damaged", "corpus stats bad.xlsx", b"PK\x03\x04 no zip"),
    Case("a workbook under a password, or an old one", "corpus stats bad.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)),
    Case("two cells at the ends of a sheet", "corpus stats bad.xlsx", prepare=corners),
    Case("a workbook that is a zip bomb", "corpus stats bad.xlsx", prepare=bomb),
    Case("a sheet of what has none", "corpus stats bad.csv --sheet 一", "角色,台词\n甲,好\n乙,好\n"),
    Case("JSON of the wrong shape", "corpus stats bad.json", '{"title": "大话", "lines": [\n["甲", "您好"]]}'),
    Case("JSON nested 10,000 deep", "corpus stats bad.jsonl", '{"lines": []}\n' + "[" * 10_000),
    Case("a key twice in one object", "corpus stats bad.jsonl", '{"text": "一", "text": "二"}'),
    Case("a JSON line without an end", "corpus stats bad.jsonl", '{"speaker": "甲", "text": "您好"}\n{"speaker": "乙", "text": "您'),
    Case("a JSON line that is far too long", "corpus stats bad.jsonl", "\n" + " " * 17_000_000),
    Case("an output of no known format", "corpus export bad.txt -o scripts.doc", GOOD),
    Case("a line too long for a spreadsheet", "corpus export bad.txt -o scripts.xlsx", "甲:好\n乙:" + "啊" * 32768),
    Case("a rule that is none", "corpus clean bad.txt --dry-run --rule jokes", GOOD),
    Case("cleaning without a place to write to", "corpus clean bad.txt", GOOD),
    Case("a script of directions only", "corpus clean bad.txt --dry-run", "甲:（笑）\n乙:（鼓掌）\n"),
    Case("a day on which no price is known", "price show davinci --on 2019-06-01"),
    Case("a model that the price book does not have", "price show davinchi"),
    Case("a date that is none", "price list --on 2022-02-30"),
    Case("a kind of price that is none", "price list --kind trian"),
    Case("a price that is not exact", "price list --prices bad.toml", '[[price]]\nprovider = "mine"\nmodel = "m"\ncurrency = "USD"\nper = "1M"\nfrom = "2026-01-01"\nto = "open"\namounts = { input = 0.1 }\n'),
    Case("a price file that is not TOML", "price list --prices bad.toml", "[[price]\n"),
    Case("two prices at one time", "price list --prices bad.toml", '[[price]]\nprovider = "mine"\nmodel = "m"\ncurrency = "USD"\nper = "1M"\nfrom = "2026-01-01"\nto = "open"\namounts = { input = "1" }\n' * 2),
    Case("a training price that nobody knows", "estimate train --tokens 1000 -m zhipu:glm-5.3"),
    Case("a training price of another day", "estimate train --tokens 1000 -m davinci --on 2024-02-01"),
    Case("nothing to estimate", "estimate train -m davinci"),
    Case("nothing to ask", "estimate generate -m davinci --on 2022-02-26"),
    Case("a row that is no prompt", "estimate generate bad.jsonl -m davinci --on 2022-02-26", '{"prompt": "您好"}\n{"text": "您好"}\n'),
    Case("a currency that no list has", "estimate train --tokens 1000 -m davinci --currency EUR"),
    Case("training examples that are not there", "prepare nowhere.jsonl"),
    Case("training examples of no known format", "prepare bad.doc", ""),
    Case("training examples without an extension", "prepare bad", prepare=lambda command: command.write("bad", "")),
    Case("training examples that cannot be read", "prepare /proc/self/mem --format jsonl"),
    Case("standard input that the shell has closed", "prepare -", prepare=lambda command: command.patch.setattr("sys.stdin", None)),
    Case("a profile that is none", "prepare bad.jsonl --profile gpt", ONE),
    Case("a mended file whose name is taken", "prepare bad.jsonl -o bad.jsonl", ONE),
    Case("a mended file in a folder that is not there", "prepare bad.jsonl -o nowhere/out.jsonl", ONE),
    Case("a list of examples that is not JSON", "prepare bad.json", '[{"prompt": "0:",\n"completion": }]'),
    Case("UTF-8 with a few other bytes", "prepare bad.csv", "prompt,completion\n您好,再见\n".encode() + b"\xff,b\na,\x80\n"),
    Case("a table of a gigabyte", "prepare bad.csv", prepare=sparse),
    Case("a sheet that is not there", "prepare bad.xlsx --sheet 二", prepare=sheet),
    Case("mending that leaves no row", "prepare bad.jsonl -q --profile openai-2022", '{"prompt": "0:", "completion": "' + "a" * 10_001 + '"}'),
    Case("messages where prompts are looked at", "prepare bad.jsonl --tokens", ONE_CHAT),
    Case("a split of one conversation", "prepare bad.jsonl -q --split", f"{ONE_CHAT}\n{ONE_CHAT.replace('好', '是')}"),
    Case("a split of one row", "prepare bad.jsonl -q --split", ONE),
    Case("training files with wrong lines", "ft create -t bad.jsonl -m ngram:3 -y", '{"prompt": "0:", "completion": " 好"}\n{"prompt": "0:"}\n{"prompt\n'),
    Case("a training file without examples", "ft create -t bad.jsonl -m ngram:3 -y", "\n"),
    Case("training and validation of two kinds", "ft create -t bad.jsonl -v chat.jsonl -m ngram:3 -y", EXAMPLE, lambda command: command.write("chat.jsonl", '{"messages": [{"role": "assistant", "content": "好"}]}\n')),
    Case("a training file that is not there", "ft create -t nowhere.jsonl -m ngram:3 -y"),
    Case("a training file somewhere else", "ft create -t https://example.org/bad.jsonl -y", EXAMPLE),
    Case("tuning a base that cannot be tuned", "ft create -t bad.jsonl -m fake:echo -y", EXAMPLE),
    Case("a base that is none", "ft create -t bad.jsonl -m xxi -y", EXAMPLE),
    Case("a suffix that is too long", f"ft create -t bad.jsonl -m ngram:3 -y --suffix {'x' * 65}", EXAMPLE),
    Case("nobody there to say yes", "ft create -t bad.jsonl -m ngram:3", EXAMPLE),
    Case("a classifier", "ft create -t bad.jsonl -y --compute_classification_metrics", EXAMPLE),
    Case("a job that is not there", "ft get ft-nothere", prepare=queued),
    Case("no job yet", "ft follow", prepare=lambda command: command.call("complete", "-m", "ngram:5", "-p", "0:")),
    Case("cancelling twice", "ft cancel JOB", prepare=cancelled),
    Case("following a job that was cancelled", "ft follow JOB", prepare=cancelled),
    Case("deleting a job that has not ended", "ft delete JOB -y", prepare=queued),
    Case("a file that is not there", "api files.get -i file-nothere", prepare=queued),
    Case("a file that a job needs", "api files.delete -i FILE", prepare=queued),
    Case("a model that is not there", "api models.get -i ada:ft-2026-01-31-09-30-00-0a1b2c3d", prepare=queued),
    Case("deleting a base", "api models.delete -i ada", prepare=queued),
    Case("a port that is taken", "serve --port 47113", prepare=taken),
    Case("an address that is none", "serve --host nowhere.example", prepare=unknown_host),
    Case("an API key that no client can send", "serve --port 0 --api-key 密钥"),
    Case("a server's key that is damaged", "serve --port 0", prepare=damaged_key),
    Case("rows of one dialogue to split", "prepare bad.jsonl -q --split", '{"prompt": "0:您早\\n1:", "completion": "早\\n"}\n{"prompt": "0:您早\\n1:早\\n0:", "completion": "吃了吗\\n"}'),
    Case("rows to validate with that are not there", "prepare bad.jsonl --valid nowhere.jsonl", ONE),
    Case("scripts to hold rows against that are not there", "prepare bad.jsonl --against nowhere", ONE),
    Case("tokens of a size that the ladder lacks", "prepare bad.jsonl --tokens --model local:eva", ONE),
    Case("a database server that is not there", "complete -p 0:您好 --database postgresql://me@127.0.0.1:1/home"),
    Case("a database server that lets nobody in", "complete -p 0:您好", prepare=wrong_password),
    Case("a database that nobody has made", "complete -p 0:您好 --database ADDRESS", prepare=no_database),
    Case("a database whose user may make no tables", "complete -p 0:您好 --database ADDRESS", prepare=no_right),
    Case("a database that cannot hold every character", "complete -p 0:您好 --database ADDRESS", prepare=database("ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0")),
    Case("a database of a newer version", "complete -p 0:您好 --database ADDRESS", prepare=newer_database),
    Case("a database of another home", "complete -p 0:您好 --database ADDRESS", prepare=others_database),
    Case("a database of another program", "complete -p 0:您好 --database ADDRESS", prepare=programs_database),
    Case("a home's database that others may have named", "complete -p 0:您好", prepare=written_by_others),
    Case("a second database for a home", "complete -p 0:您好 --database ADDRESS", prepare=home_with_tables),
    Case("a database of another kind", "complete -p 0:您好 --database mysql://me@localhost/home"),
    Case("a database's password that everybody sees", "complete -p 0:您好 --database postgresql://me:sesame@localhost/home"),
    Case("PostgreSQL without psycopg", "complete -p 0:您好 --database postgresql://me@localhost/home", prepare=without_psycopg),
    Case("an address that is no service's", "ft list --base-url ftp://nowhere.example"),
    Case("a key in an address", "ft list --base-url http://me:sk-secret@nowhere.example/v1"),
    Case("a key in an address that is none", "ft list --base-url https://me:sk-secret@nowhere.example:99999/v1"),
    Case("a key that no service has", f"ft list {THERE}", prepare=odd_key),
    Case("a service that is not there", f"ft list {THERE}", prepare=hurried),
    Case("a service that breaks off", f"ft list {THERE}", prepare=elsewhere(Fault("GET", JOBS, 9, cut=0))),
    Case("a service that wants another key", f"ft list {THERE}", prepare=elsewhere(key="sk-wrong")),
    Case("a service that wants a key", f"ft list {THERE}", prepare=elsewhere(key="")),
    Case("a service without the job API", f"ft list {THERE}", prepare=elsewhere(Fault("GET", JOBS, status=404, body=b"<html>"))),
    Case("an address where another service is", f"ft list {THERE}", prepare=elsewhere(Fault("GET", JOBS, status=200, body=b"<html>"))),
    Case("a service that leads elsewhere", f"ft list {THERE}", prepare=elsewhere(Fault("GET", JOBS, status=308))),
    Case("a service that has no room for an hour", f"ft list {THERE}", prepare=elsewhere(Fault("GET", JOBS, 9, status=429, headers={"retry-after": "3600"}))),
    Case("a service that fails", f"ft list {THERE}", prepare=elsewhere(Fault("GET", JOBS, 9, status=500))),
    Case("a job in a state that nobody knows", f"ft list {THERE}", prepare=elsewhere(Fault("GET", JOBS, status=200, body={"data": [{"id": "1", "status": "dreaming"}]}))),
    Case("a job that a service does not have", f"ft get ft-nothere {THERE}", prepare=elsewhere()),
    Case("a job that failed at a service", f"ft follow ftjob-0001 {THERE}", prepare=elsewhere()),
    Case("a job that a service does not cancel", f"ft cancel ftjob-0001 {THERE}", prepare=elsewhere(Fault("POST", ".*", status=400, body={"error": {"message": "Job has already failed."}}))),
    Case("a job that a service does not forget", f"ft delete ftjob-0001 -y {THERE}", prepare=elsewhere()),
    Case("a service, and no model named", f"ft create -t bad.jsonl -y {THERE}", EXAMPLE, elsewhere()),
    Case("a model that a service does not have", f"ft create -t bad.jsonl -m eva -y {THERE}", EXAMPLE, elsewhere(Fault("POST", JOBS, status=400, body={"error": {"message": "The model `eva` does not exist", "code": "model_not_found"}}))),
    Case("a setting that services do not have", f"ft create -t bad.jsonl -m eva -y --prompt-loss-weight 0.5 {THERE}", EXAMPLE, elsewhere()),
    Case("a file that services do not read", f"ft create -t bad.jsonl -m eva -y {THERE}", (EXAMPLE * 20).encode("gb18030"), elsewhere()),
    Case("a file that a service does not have", f"ft create -t file-nothere -m eva -y {THERE}", prepare=elsewhere()),
    Case("what a service does not have", f"api {THERE} files.get -i file-nothere", prepare=elsewhere()),
    Case("a service's model, and none named", f"complete -p 0: {THERE}", prepare=elsewhere()),
    Case("a service without completions", f"complete -p 0: -m eva {THERE}", prepare=elsewhere(Fault("POST", "/completions", status=404, body=b"<html>"))),
    Case("several answers as they come", "complete -m fake:echo -p 0: --stream -n 2"),
)  # fmt: skip


VARYING = (
    (r"knows up to \d+", "knows up to its own"),
    ("啊{40,}", "啊"),
    (r"\b(exp\d|small)-[0-9a-f]{10}\b", "RUN"),
    (r"[^\s']+:ft-\S+-[0-9a-f]{8}", "TUNED"),
    (r"\bft-[0-9a-f]{8}\b", "JOB"),
    (r"\bfile-[0-9a-f]{24}\b", "FILE"),
    (r"postgresql\+psycopg://(\w+)@/(?:home_\d+|(\w+))\?host=\S+?&port=\d+", r"ADDRESS"),
    (r"/\S*xs-pg-\S*/", ""),
    (r"127\.0\.0\.1:\d{2,}/", "127.0.0.1:PORT/"),
    (r"port \d{2,}", "port PORT"),
    (r"\.s\.PGSQL\.\d+", ".s.PGSQL.PORT"),
    (r"user may not do this: .*?(?=<br>)", "user may not do this: …"),  # in words of its version
    # Which of the two is no number first, and when, depends on the processor.
    (r"the (loss|gradient) is \S+ at step \d+ of", "the loss is nan at step N of"),
)
"""What is said is the same everywhere, and from version to version, but for these."""


def told(case: Case, command: Command) -> Result:
    if case.text is not None:
        command.write(case.command.split("bad", 1)[1].split()[0].join(("bad", "")), case.text)
    if case.prepare:
        case.prepare(command)
    typed = case.command.replace("ADDRESS", command.address)
    for name, query in NAMED.items():
        if name in typed:
            typed = typed.replace(name, stored(command, query))
    return command.call(*typed.split())


NAMED = {
    "TUNED": "SELECT name FROM models",
    "JOB": "SELECT 'ft-' || id FROM jobs",
    "FILE": "SELECT id FROM files",
}
"""What is another one every time, and where the home has it."""


def stored(command: Command, query: str) -> str:
    with closing(sqlite3.connect(command.folder / ".xiangsheng" / "xiangsheng.db")) as connection:
        return str(connection.execute(query).fetchone()[0])


def row(case: Case, result: Result, folder: Path) -> str:
    """The table's row: input, what is typed, everything that is said, exit code."""
    said = [
        line.replace(f"{folder}{os.sep}", "").replace("|", "\\|")
        for line in result.err.splitlines()
        if line.startswith(("Error:", "Next:")) or ("·" not in line and "home for" not in line)
    ]
    lines = "<br>".join(line.replace("<", "&lt;") for line in said)
    for varying, shown in VARYING:
        lines = re.sub(varying, shown, lines)
    command = re.sub("啊{40,}", "啊…啊", case.command)
    return f"| {case.what} | `xiangsheng {command}` | {lines} | {result.code} |"


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.what.replace(" ", "-"))
def test_the_page_says_what_is_said(case: Case, command: Command) -> None:
    result = told(case, command)
    assert "Traceback" not in result.err
    found = row(case, result, command.folder)
    if os.environ.get("XIANGSHENG_GOLDEN") == "1":
        _rewrite(case, found)
    assert found in PAGE.read_text(encoding="utf-8").splitlines()


def test_every_row_of_the_page_is_a_case() -> None:
    lines = PAGE.read_text(encoding="utf-8").splitlines()
    table = lines[lines.index("| input | typed | said | exit |") + 2 :]
    inputs = [line.split("|")[1].strip() for line in table if line]
    assert inputs[:2] == ["the disk is full during a run", "Ctrl-C during a run"]
    assert inputs[2:] == [case.what for case in CASES]


def _rewrite(case: Case, found: str) -> None:
    lines = PAGE.read_text(encoding="utf-8").splitlines()
    places = [n for n, line in enumerate(lines) if line.startswith(f"| {case.what} |")]
    if places:
        lines[places[0]] = found
    else:
        lines.append(found)
    PAGE.write_text("\n".join(lines) + "\n", encoding="utf-8")
