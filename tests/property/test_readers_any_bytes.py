"""Whatever the bytes, a reader gives scripts or a DataError, and nothing else."""

import zipfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from xiangsheng.core.errors import DataError
from xiangsheng.core.script import Line, Provenance, Role, Script, Speaker
from xiangsheng.corpus.reading import CorpusFormat, Reading, read
from xiangsheng.corpus.writing import script_text, write_scripts
from xiangsheng.files.decoding import decode
from xiangsheng.prepare.rows import read_examples

PIECES = [
    "甲：", "乙:", "0:", "1：", "2:", "你好", "“，”", "\n", "\r\n", "\n\n", "\u3000", " ", "+++", "+++\n",
    'title = "大话"\n', 'dougen = "甲"\n', "speakers = [", "\ufeff", "\u2028", "𠮷", "\0", "\\",
]  # fmt: skip
TABLES = [
    "speaker",
    "text",
    "剧本",
    "台词",
    "角色",
    "order",
    "title",
    ",",
    "\t",
    ";",
    '"',
    '""',
    "\n",
    "甲",
    "乙",
    "1",
    "2",
    "speaker,text\n",
    "剧本,角色,台词\n",
    "甲,您好\n乙,好\n",
    "=1",
    "'=1",
    " ",
    "\u2028",
]
JSON = [
    "{",
    "}",
    "[",
    "]",
    ":",
    ",",
    '"lines"',
    '"messages"',
    '"speaker"',
    '"text"',
    '"role"',
    '"content"',
    '"甲"',
    '"user"',
    '{"speaker": "甲", "text": "一"}',
    '{"speaker": "乙", "text": "二"}',
    '{"lines": [',
    "]}",
    "null",
    "1",
    "\n",
    '"\\ud800"',
]
CFGS = ["{", "}", "[", "]", '"title"', '"roles"', ":", ",", '"甲:"', "1", "null", '"\\ud800"', "\n"]
ENCODINGS = ["utf-8", "gb18030", "utf-16", "utf-16-le", "utf-32", "big5"]


def mixed(pieces: list[str]) -> st.SearchStrategy[bytes]:
    """Near-misses of real files, and noise."""
    text = st.lists(st.sampled_from(pieces), max_size=20).map("".join)
    encoded = st.builds(lambda t, e: t.encode(e, "ignore"), text, st.sampled_from(ENCODINGS))
    return st.one_of(encoded, st.binary(max_size=60), st.builds(bytes.__add__, encoded, encoded))


def refusal(action: Callable[[], object]) -> DataError | None:
    """The DataError that the action ended with; any other exception is the test's failure."""
    try:
        action()
    except DataError as error:
        return error
    return None


def attempt(path: Path, form: CorpusFormat | None = None) -> None:
    refused = refusal(lambda: check(read(path, format=form)))
    assert refused is None or (refused.message and str(path) in refused.where)


def check(reading: Reading) -> None:
    assert reading.scripts
    assert len({script.id for script in reading.scripts}) == len(reading.scripts)
    for script in reading.scripts:
        assert script.lines[0].speaker == "0"
        assert {line.speaker for line in script.lines} == {"0", "1"}
        assert [speaker.label for speaker in script.speakers] == ["0", "1"]
        assert all(line.text and "\n" not in line.text for line in script.lines)
        script_text(script)


@settings(deadline=None)
@given(mixed(PIECES), st.sampled_from([None, *CorpusFormat]))
def test_a_file(data: bytes, form: CorpusFormat | None) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "1.txt"
        path.write_bytes(data)
        attempt(path, form)


@settings(deadline=None)
@given(mixed(TABLES), st.sampled_from(["1.csv", "1.tsv", "1.xlsx", "1.txt"]))
def test_a_table(data: bytes, name: str) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(data)
        attempt(path)


@settings(deadline=None)
@given(mixed(JSON), st.sampled_from(["1.json", "1.jsonl", "1.txt"]))
def test_json(data: bytes, name: str) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(data)
        attempt(path)


@settings(deadline=None)
@given(mixed(PIECES), mixed(CFGS))
def test_a_folder_and_its_zip(text: bytes, cfg: bytes) -> None:
    with TemporaryDirectory() as name:
        folder = Path(name)
        inside = {"1.txt": text, "1.cfg": cfg, "2.txt": "0:一\n1:二\n".encode()}
        with zipfile.ZipFile(folder / "a.zip", "w") as archive:
            for file, data in inside.items():
                archive.writestr(file, data)
        (folder / "c3").mkdir()
        for file, data in inside.items():
            (folder / "c3" / file).write_bytes(data)
        attempt(folder / "c3")
        attempt(folder / "a.zip")


@settings(deadline=None)
@given(st.data())
def test_a_damaged_zip(data: st.DataObject) -> None:
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("1.txt", "甲：一\n乙：二\n" * 3)
        archive.writestr("2.txt", "甲：一\n乙：二\n")
    damaged = bytearray(stream.getvalue())
    for place in data.draw(st.lists(st.integers(4, len(damaged) - 1), max_size=4)):
        damaged[place] = data.draw(st.integers(0, 255))
    with TemporaryDirectory() as folder:
        path = Path(folder) / "a.zip"
        path.write_bytes(bytes(damaged[: data.draw(st.integers(4, len(damaged)))]))
        attempt(path)


@given(mixed(PIECES))
def test_decoding(data: bytes) -> None:
    def sound() -> None:
        text = decode(data, "a").text
        assert "\0" not in text
        assert text.encode().decode() == text

    refused = refusal(sound)
    assert refused is None or refused.where.startswith("a:")


@given(
    st.one_of(st.text(), st.lists(st.sampled_from([*CFGS, '"prompt"', '"messages"'])).map("".join))
)
def test_rows_of_examples(text: str) -> None:
    refused = refusal(lambda: list(read_examples(text, "a.jsonl")))
    assert refused is None or refused.where.startswith("a.jsonl:")


TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
LINE = st.one_of(
    TEXT, st.sampled_from(["0:好", "甲：是", "+++", "#", "“”", "👨\u200d👩\u200d👧", "\x85"])
)


SPEAKERS = st.builds(
    lambda names, roles: tuple(map(Speaker, "01", names, roles)),
    st.tuples(TEXT, TEXT),
    st.sampled_from([(Role.OTHER, Role.OTHER), (Role.DOUGEN, Role.PENGEN)]),
)
SCRIPTS = st.builds(
    Script,
    id=st.just("1"),
    title=TEXT,
    lines=st.lists(LINE, min_size=2, max_size=6).map(
        lambda texts: tuple(Line(str(n % 2), text) for n, text in enumerate(texts))
    ),
    summary=TEXT,
    speakers=SPEAKERS,
    provenance=st.builds(Provenance, TEXT, TEXT),
)


@settings(deadline=None)
@given(SCRIPTS)
def test_a_written_script_is_read_back_or_refused(script: Script) -> None:
    with TemporaryDirectory() as name:
        folder = Path(name)
        if refusal(lambda: write_scripts([script], folder)):
            assert not list(folder.iterdir())
        else:
            assert read(folder).scripts == (script,)
