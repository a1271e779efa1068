"""Requests a second of `xiangsheng serve` with `local:ada`, beside the same engine without a server.

    python benchmarks/bench_server.py [--seconds 60] [--connections 64] [--soak 20000] [--training]

Every prompt is another 200 characters of the bundled scripts, every answer 32 forced tokens, and the
journal is on. The generator of the load is a process of its own that speaks HTTP over plain sockets, so
that it takes little of the processors. `--training` trains a model meanwhile; `--soak` asks so many
more requests and compares the server's memory before and after.
"""

import argparse
import asyncio
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import count, pairwise
from pathlib import Path
from queue import SimpleQueue

KEY = "sk-benchmark"
CHARACTERS, TOKENS = 200, 32
XIANGSHENG = [sys.executable, "-m", "xiangsheng.cli.main"]


def prompts() -> Callable[[int], str]:
    from xiangsheng.corpus.study import bundled

    lines = (line.text for script in bundled().train for line in script.lines)
    text = "".join(f"{n % 2}: {line}\n" for n, line in enumerate(lines))
    return lambda n: text[(n * 137) % (len(text) - CHARACTERS) :][:CHARACTERS]


def ends() -> dict[str, float]:
    """Never ends: so that every answer has as many tokens."""
    from xiangsheng.tokens.ladder import LadderTokenizer

    tokenizer = LadderTokenizer()
    return {str(token): -100.0 for token in (tokenizer.end, tokenizer.special("<|end|>"))}


def shown(name: str, latencies: Sequence[float], seconds: float) -> dict[str, float]:
    ordered = sorted(1000 * latency for latency in latencies)
    found = {
        "n": len(ordered),
        "per_s": len(ordered) / seconds,
        "p50_ms": statistics.median(ordered),
        "p99_ms": ordered[min(len(ordered) - 1, int(0.99 * len(ordered)))],
    }
    words = (
        f"{found['per_s']:8.1f}/s   p50 {found['p50_ms']:7.1f} ms   p99 {found['p99_ms']:7.1f} ms"
    )
    print(f"{name:<28} {len(ordered):6} requests {words}", flush=True)
    return found


def in_process(home: Path, seconds: float) -> list[float]:
    """The engine alone, one request after another; latencies."""
    import xiangsheng.backends.local  # noqa: F401 before torch
    from xiangsheng.core.generation import Outcome, Prompt, Request, Sampling
    from xiangsheng.store.workspace import open_workspace
    from xiangsheng.tokens.ladder import LadderTokenizer
    from xiangsheng.verbs.attending import Attending
    from xiangsheng.verbs.models import find_ready

    text = prompts()
    bias = {LadderTokenizer().token(int(token)): value for token, value in ends().items()}
    latencies = []
    with open_workspace(home, {"XIANGSHENG_HOME": str(home)}) as workspace:
        desk = find_ready("local:ada", workspace).open(Attending(lambda _: None)).desk
        assert desk is not None
        began = time.perf_counter()
        for n in count():
            started, replies = time.perf_counter(), SimpleQueue[object]()
            sampling = Sampling(max_tokens=TOKENS, logit_bias=bias, seed=n)
            desk.submit([Request("complete", Prompt(text(n)), sampling)], replies.put)
            outcome = replies.get()
            assert isinstance(outcome, Outcome)
            assert outcome.usage.completion_tokens == TOKENS, outcome
            latencies.append(time.perf_counter() - started)
            if time.perf_counter() - began > seconds:
                return latencies
    return latencies


async def load(port: int, connections: int, seconds: float, most: int) -> tuple[list[float], float]:
    """Latencies, and how long it took, of as many closed loops as there are connections."""
    text, bias, numbers = prompts(), ends(), count()
    latencies = list[float]()
    until = time.perf_counter() + seconds

    async def one() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        while time.perf_counter() < until and (n := next(numbers)) < most:
            asked = {"model": "ada", "prompt": text(n), "max_tokens": TOKENS, "logit_bias": bias}
            body = json.dumps(asked).encode()
            head = (
                "POST /v1/completions HTTP/1.1\r\nHost: x\r\n"
                f"Authorization: Bearer {KEY}\r\nContent-Type: application/json\r\n"
                f"Content-Length: {len(body)}\r\n\r\n"
            )
            started = time.perf_counter()
            writer.write(head.encode() + body)
            answer = await reader.readuntil(b"\r\n\r\n")
            assert answer.startswith(b"HTTP/1.1 200"), answer
            size = re.search(rb"content-length: (\d+)", answer)
            assert size
            reply = json.loads(await reader.readexactly(int(size[1])))
            latencies.append(time.perf_counter() - started)
            assert reply["usage"]["completion_tokens"] == TOKENS, reply
        writer.close()

    began = time.perf_counter()
    await asyncio.gather(*(one() for _ in range(connections)))
    return latencies, time.perf_counter() - began


def apart(*options: str) -> dict[str, list[float]]:
    """One side in a process of its own."""
    done = subprocess.run([sys.executable, __file__, *options], check=True, stdout=subprocess.PIPE)
    found: dict[str, list[float]] = json.loads(done.stdout)
    return found


@contextmanager
def server(home: Path) -> Iterator[tuple[int, int]]:
    """Its port and process id."""
    environment = {**os.environ, "XIANGSHENG_HOME": str(home), "XIANGSHENG_API_KEY": KEY}
    process = subprocess.Popen(
        [*XIANGSHENG, "serve", "--port", "0", "--json"], stdout=subprocess.PIPE, env=environment
    )
    assert process.stdout
    try:
        ready = json.loads("".join(iter_json(process.stdout)))
        yield int(ready["url"].split(":")[2].split("/")[0]), process.pid
    finally:
        process.terminate()
        process.wait()


def iter_json(stream: object) -> Iterator[str]:
    for line in stream:  # type: ignore[attr-defined]
        yield line.decode()
        if line == b"}\n":
            return


@contextmanager
def training(home: Path) -> Iterator[None]:
    """A job of the home, by the worker that does all of them, is past its beginning meanwhile."""
    from xiangsheng.corpus.study import bundled

    environment = {**os.environ, "XIANGSHENG_HOME": str(home)}
    data = home.parent / "examples.jsonl"
    with data.open("w", encoding="utf-8") as stream:
        for script in bundled().train:
            lines = [line.text for line in script.lines]
            for prompt, completion in pairwise(lines):
                row = {"prompt": f"0: {prompt}\n1:", "completion": f" {completion}\n"}
                stream.write(json.dumps(row, ensure_ascii=False) + "\n")
    asked = ["ft", "create", "-t", str(data), "-m", "ada", "--n-epochs", "1000", "-y", "--again"]
    made = subprocess.run(
        [*XIANGSHENG, *asked, "--no-follow"],
        env=environment,
        check=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        encoding="utf-8",
    )
    (job,) = set(re.findall(r"ft-[0-9a-f]{8}", made.stdout))
    try:
        deadline = time.monotonic() + 120
        while "Completed epoch" not in told(environment, "ft", "events", job):
            assert time.monotonic() < deadline, "the job does not get on"
            time.sleep(1)
        yield
        assert "succeeded" not in told(environment, "ft", "events", job), "the job was too short"
    finally:
        told(environment, "ft", "cancel", job)


def told(environment: dict[str, str], *command: str) -> str:
    """Standard output of one of our commands."""
    return subprocess.run(
        [*XIANGSHENG, *command],
        env=environment,
        check=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        encoding="utf-8",
    ).stdout


def mebibytes(process: int) -> float:
    """At rest, when what is kept for the next product has been given back."""
    time.sleep(6)
    found = re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{process}/status").read_text("ascii"))
    assert found
    return int(found[1]) / 1024


def measure(home: Path, asked: argparse.Namespace) -> None:
    seconds = f"--seconds={asked.seconds}"
    alone = shown(
        "engine in process", apart("--side=engine", f"--home={home}", seconds)["all"], asked.seconds
    )
    with server(home) as (port, process):

        def loaded(connections: int, name: str) -> dict[str, float]:
            options = (f"--port={port}", f"--connections={connections}", "--side=load")
            apart(*options, "--seconds=5")  # warms it up
            answer = apart(*options, seconds)
            return shown(f"{name}, {connections} at once", answer["all"], answer["took"][0])

        one, many = loaded(1, "server"), loaded(asked.connections, "server")
        print(f"p50 at 1: {one['p50_ms'] / alone['p50_ms']:.2f} times the engine's (at most 1.3)")
        print(f"throughput: {many['per_s'] / one['per_s']:.1f} times that of 1 (at least 8)")
        print(
            f"p99 at {asked.connections}: {many['p99_ms'] / one['p50_ms']:.1f} times the p50 of 1 "
            f"(at most 10), {many['p99_ms'] / many['p50_ms']:.1f} times its own"
        )
        if asked.training:
            with training(home):
                busy = {n: loaded(n, "training") for n in (1, asked.connections)}
            for idle, n in ((one, 1), (many, asked.connections)):
                ratio = busy[n]["p99_ms"] / idle["p99_ms"]
                print(f"p99 at {n} while a job trains: {ratio:.1f} times idle (at most 4)")
        if asked.soak:
            before = mebibytes(process)
            options = (f"--port={port}", f"--connections={asked.connections}", "--side=load")
            apart(*options, "--seconds=100000", f"--most={asked.soak}")
            after = mebibytes(process)
            print(
                f"memory over {asked.soak:,} requests: {before:.0f} to {after:.0f} MiB, "
                f"{100 * (after / before - 1):+.1f} % (at most +5)"
            )


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--connections", type=int, default=64)
    parser.add_argument("--soak", type=int, default=0)
    parser.add_argument("--training", action="store_true")
    parser.add_argument("--home", type=Path, help="a home with local:ada, instead of a new one")
    parser.add_argument("--side", choices=("engine", "load"), help=argparse.SUPPRESS)
    parser.add_argument("--port", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--most", type=int, default=10**9, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.side == "engine":
        print(json.dumps({"all": in_process(asked.home, asked.seconds)}))
        return
    if asked.side == "load":
        latencies, took = asyncio.run(
            load(asked.port, asked.connections, asked.seconds, asked.most)
        )
        print(json.dumps({"all": latencies, "took": [took]}))
        return
    with tempfile.TemporaryDirectory() as folder:
        home = asked.home or Path(folder) / "home"
        environment = {**os.environ, "XIANGSHENG_HOME": str(home)}
        if not asked.home:
            subprocess.run([*XIANGSHENG, "models", "build", "ada"], env=environment, check=True)
        measure(home, asked)


if __name__ == "__main__":
    main()
