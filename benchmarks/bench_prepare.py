"""`prepare` beside the official tool of 2022: time and memory of whole processes.

    python benchmarks/bench_prepare.py [--rows 100000] [--runs 5] [--large 1000000] [--quick]

Rows are composed dialogue, drawn by a seed: several lines and a label, then the line to say; some
rows are empty, repeated or too long, and no completion has an ending or begins with a space. The
sides take turns in one run, and must write the same rows or the benchmark fails. Then what the old
tool has nothing of, a file ten times as large, and common prefixes of growing length.

Memory is the peak of a process with all that it starts, from a run of its own that is not timed:
the kernel's `ru_maxrss` is that of the largest process alone, so pages of all are summed every few
milliseconds as well, shared ones once (`Pss`), and the larger figure is told. CPU seconds are those
of all processes; where they are far below the wall's, the machine was busy with something else.

`make bench` installs the old tool; XIANGSHENG_OLD_TOOL names another folder for it. `--quick` is a
look at whether all of it runs, not a measurement.
"""

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import count, islice
from pathlib import Path

HERE = Path(__file__).resolve().parent
OLD_TOOL = HERE.parent / os.environ.get("XIANGSHENG_OLD_TOOL", ".venv-openai-0.28")

# Every command that is measured; FILE is put in.
FILE, TEST = "FILE", "TEST"
OLD = (str(OLD_TOOL / "bin" / "openai"), "tools", "fine_tunes.prepare_data", "-f", FILE, "-q")
XIANGSHENG = (sys.executable, "-m", "xiangsheng.cli.main")
OURS = (*XIANGSHENG, "tools", "fine_tunes.prepare_data", "-f", FILE, "-q")
PROFILE = (*XIANGSHENG, "prepare", FILE, "--profile", "openai-2022", "-q")
BESIDES = {
    "the same, as prepare": PROFILE,
    "with token counts": (*PROFILE, "--tokens"),
    "with leaks into a test set": (*PROFILE, "--against", TEST),
    "as dialogue, everything": (*XIANGSHENG, "prepare", FILE, "--profile", "dialogue", "-q"),
}


@dataclass(frozen=True)
class Run:
    seconds: float
    cpu: float
    megabytes: float
    rows: tuple[Path, ...] = ()


@dataclass(frozen=True)
class Figures:
    """Of several runs, and of one that was watched for its memory."""

    runs: Sequence[Run]
    watched: Run

    @property
    def seconds(self) -> float:
        return statistics.median(run.seconds for run in self.runs)

    @property
    def megabytes(self) -> float:
        return max(run.megabytes for run in (*self.runs, self.watched))

    def __str__(self) -> str:
        times = [run.seconds for run in self.runs]
        spread = f"{min(times):.2f} … {self.seconds:.2f} … {max(times):.2f} s"
        cpu = statistics.median(run.cpu for run in self.runs)
        return f"{spread:>28}  {cpu:6.2f} s CPU  {self.megabytes:6.0f} MB"


def figures(command: Sequence[str], file: Path, test: Path, runs: int) -> Figures:
    timed = [measured(command, file, test) for _ in range(runs)]
    return Figures(timed, measured(command, file, test, watch=True))


def measured(
    command: Sequence[str], file: Path, test: Path, *, keep: bool = False, watch: bool = False
) -> Run:
    """One fresh process on a file of its own name in an empty folder."""
    with tempfile.TemporaryDirectory(dir=file.parent) as name:
        copy = Path(name) / f"data{file.suffix}"
        os.link(file, copy)
        words = [{FILE: str(copy), TEST: str(test)}.get(word, word) for word in command]
        start = time.perf_counter()
        with (Path(name) / "said").open("wb") as said:
            process = subprocess.Popen(words, stdout=said, stderr=subprocess.STDOUT)
        seen = peak(process.pid) if watch else 0.0
        _, status, usage = os.wait4(process.pid, 0)
        taken = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            raise SystemExit(f"{' '.join(words)}\n{(Path(name) / 'said').read_text()[-2000:]}")
        made = [one for one in Path(name).glob("*_prepared*") if "changes" not in one.name]
        kept = [one.rename(file.parent / f"{process.pid}-{one.name}") for one in made if keep]
        cpu = usage.ru_utime + usage.ru_stime
        return Run(taken, cpu, max(seen, usage.ru_maxrss / 1024), tuple(sorted(kept)))


def peak(process: int) -> float:
    """The most megabytes that a process and all it starts have at once, until it ends."""
    most = 0.0
    while os.waitid(os.P_PID, process, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None:
        most = max(most, sum(map(megabytes, family(process))))
        time.sleep(0.005)
    return most


def family(process: int) -> Iterator[int]:
    yield process
    try:
        children = Path(f"/proc/{process}/task/{process}/children").read_text()
    except OSError:  # it has ended, or there is no /proc
        return
    for child in children.split():
        yield from family(int(child))


def megabytes(process: int) -> float:
    try:
        lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0.0
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024


def side_by_side(file: Path, runs: int, old_runs: int) -> tuple[Figures, Figures]:
    """The old tool and ours, in turns."""
    old, ours = [], []
    for number in range(max(runs, old_runs)):
        if number < old_runs:
            old.append(measured(OLD, file, file))
        if number < runs:
            ours.append(measured(OURS, file, file))
    watched = measured(OURS, file, file, watch=True)
    return Figures(old, old[0]), Figures(ours, watched)  # the old tool is one process


def told(name: str, found: Figures, than: Figures | None = None) -> None:
    ratio = f"  {than.seconds / found.seconds:5.1f} times as fast" if than else ""
    print(f"{name:28}{found}{ratio}", flush=True)


def compare_rows(file: Path) -> None:
    """Exits unless both write the same rows."""
    old, ours = (measured(command, file, file, keep=True).rows for command in (OLD, OURS))
    if len(old) != 1 or len(ours) != 1:
        raise SystemExit(f"files written: {old} and {ours}")
    total = 0
    with old[0].open(encoding="utf-8") as left, ours[0].open(encoding="utf-8") as right:
        for total, (one, other) in enumerate(zip(left, right, strict=True), 1):
            if json.loads(one) != json.loads(other):
                raise SystemExit(f"row {total} differs:\n{one}{other}")
    print(f"both write the same {total:,} rows")
    for kept in (*old, *ours):
        kept.unlink()


def dialogue(rows: int, seed: int) -> Iterator[tuple[str, str]]:
    """Two to seven lines, then whoever is to speak is 1.

    In small letters: a few capitals among Chinese set off the old tool's check of capitals.
    """
    from xiangsheng.corpus.composer.compose import compose
    from xiangsheng.corpus.composer.library import library

    said = (
        [line.text.lower() for line in composed.script.lines]
        for more in count()
        for composed in compose(library(), 1_000_000, seed + more)
    )
    for _ in range(min(10, rows)):  # first, where the old tool removes the right ones
        texts = [text for script in islice(said, 20) for text in script]
        yield asked(texts, len(texts) - 1)
    for texts in said:
        for place in range(2, len(texts)):
            yield asked(texts[max(0, place - 2 - place % 6) :], min(place, 2 + place % 6))


def asked(texts: Sequence[str], place: int) -> tuple[str, str]:
    """The line at `place` after those before it."""
    before = [f"{(place - number) % 2 ^ 1}:{text}\n" for number, text in enumerate(texts[:place])]
    return "".join(before) + "1:", texts[place]


def flawed(pairs: Iterator[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """Every 200th row twice, every 1,000th without its completion."""
    for number, (prompt, completion) in enumerate(pairs):
        yield prompt, "" if number % 1000 == 999 else completion
        if number % 200 == 199:
            yield prompt, completion


def prefixed(rows: int, length: int) -> Iterator[tuple[str, str]]:
    """Prompts that begin alike for so many characters."""
    same = ("天地玄黄宇宙洪荒日月盈昃辰宿列张" * (length // 16 + 1))[:length]
    for number in range(rows):
        yield f"{same}{number % 7}{number} ->", f" {number}{'甲乙丙'[number % 3]}"


def write(file: Path, pairs: Iterator[tuple[str, str]]) -> None:
    with file.open("w", encoding="utf-8") as stream:
        for prompt, completion in pairs:
            row = {"prompt": prompt, "completion": completion}
            stream.write(json.dumps(row, ensure_ascii=False) + "\n")


def made(file: Path, what: str, *numbers: int) -> Path:
    """Written by another process: this one stays small, for children are charged its memory."""
    words = [sys.executable, __file__, "--make", str(file), what, *map(str, numbers)]
    subprocess.run(words, check=True)
    return file


def make(words: Sequence[str]) -> None:
    file, what, *numbers = words
    rows, second = map(int, numbers)
    makers: dict[str, Callable[[int, int], Iterator[tuple[str, str]]]] = {
        "dialogue": lambda rows, seed: islice(flawed(dialogue(rows, seed)), rows),
        "prefixed": prefixed,
    }
    write(Path(file), makers[what](rows, second))


def besides(file: Path, test: Path, runs: int, alone: Figures) -> None:
    """What the old tool has nothing of; options that are not there yet are told so."""
    known = subprocess.run(
        [*XIANGSHENG, "prepare", "--help"], capture_output=True, check=True
    ).stdout
    for name, command in BESIDES.items():
        missing = [word for word in command if word[:2] == "--" and word.encode() not in known]
        if missing:
            print(f"{name:28}{', '.join(missing)} is not there")
            continue
        found = figures(command, file, test, runs)
        print(f"{name:28}{found}  {found.seconds - alone.seconds:+6.2f} s", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description="speed and memory of prepare")
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--large", type=int, default=1_000_000, help="0: not at all")
    parser.add_argument("--old-large", action="store_true", help="the old tool too: 4 GB")
    parser.add_argument("--seed", type=int, default=2022)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--make", nargs="+", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.make:
        make(options.make)
        return
    if not Path(OLD[0]).exists():
        raise SystemExit(f"the old tool is not in {OLD_TOOL}; `make bench` installs it there")
    if options.quick:
        options.rows, options.runs, options.large = 2_000, 2, 5_000
    print(
        f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}, "
        f"load {os.getloadavg()[0]:.1f}; least … median … most of {options.runs} runs"
    )
    with tempfile.TemporaryDirectory() as name:
        bench(Path(name), options)


def bench(folder: Path, options: argparse.Namespace) -> None:
    file = made(folder / "some.jsonl", "dialogue", options.rows, options.seed)
    test = made(folder / "test.jsonl", "dialogue", options.rows // 100, options.seed + 1000)
    print(f"\n{options.rows:,} rows, {file.stat().st_size / 1e6:.0f} MB")
    compare_rows(file)
    old, ours = side_by_side(file, options.runs, options.runs)
    told("the official tool", old)
    told("ours", ours, than=old)
    besides(file, test, options.runs, ours)
    if options.large:
        large = made(folder / "large.jsonl", "dialogue", options.large, options.seed)
        print(f"\n{options.large:,} rows, {large.stat().st_size / 1e6:.0f} MB")
        if options.old_large:
            told("the official tool", figures(OLD, large, large, 1))
        told("ours", figures(OURS, large, large, options.runs))
        large.unlink()
    lengths = (100, 200, 400) if options.quick else (1_000, 2_000, 4_000)
    print(
        "\na common prefix; 1,000 rows for the official tool, once, and ours; then 20,000 for ours"
    )
    for length in lengths:
        few = made(folder / "few.jsonl", "prefixed", 1_000, length)
        slow, fast = side_by_side(few, options.runs, 1)
        told(f"{length:,} characters, official", slow)
        told(f"{length:,} characters, ours", fast, than=slow)
    for length in (*lengths, 2 * lengths[-1]):
        many = made(folder / "many.jsonl", "prefixed", 20_000, length)
        told(f"{length:,} characters", figures(OURS, many, many, options.runs))


if __name__ == "__main__":
    main()
