"""What a study reads: training scripts and test scripts."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from importlib.resources import as_file, files
from pathlib import Path

from xiangsheng.core.errors import DataError
from xiangsheng.core.notice import Notice
from xiangsheng.core.script import Script
from xiangsheng.corpus.reading import read

_NAME_THEM = (
    "name them: --set data.train=FOLDER_OR_FILE --set data.test=FOLDER_OR_FILE; understood "
    "without that are a folder with train/ and test/, and one with scripts/ and one test*.txt"
)


@dataclass(frozen=True, slots=True)
class StudyData:
    """`sources` says where train and test were read, in this order; `valid` is often empty."""

    train: tuple[Script, ...]
    test: tuple[Script, ...]
    warnings: tuple[Notice, ...]
    sources: tuple[str, str]
    valid: tuple[Script, ...] = ()


def with_valid(data: StudyData, source: Path) -> StudyData:
    """The same with scripts to hold out of tuning, which say when to stop.

    Those that are among the training scripts too are taken from there, with a notice.
    """
    reading = read(source)
    held = {script.lines for script in reading.scripts}
    train = tuple(script for script in data.train if script.lines not in held)
    notices = [*data.warnings, *reading.warnings]
    if out := len(data.train) - len(train):
        notices.append(Notice("held_out", f"{out} training scripts are held out", str(source)))
    return replace(data, train=train, valid=reading.scripts, warnings=tuple(notices))


def read_study(train: Path, test: Path) -> StudyData:
    """Training and test scripts from where they are said to be."""
    training, testing = read(train), read(test)
    return StudyData(
        train=training.scripts,
        test=testing.scripts,
        warnings=training.warnings + testing.warnings,
        sources=(str(train), str(test)),
    )


def study_data(root: Path) -> StudyData:
    """The same, found in a folder of a known layout; DataError names the layouts if it has none.

    Known are `train/` with `test/` (the bundled scripts), perhaps with `valid/` (what is held out
    of tuning), and `scripts/` with exactly one `test*.txt` (C³).
    """
    if not root.is_dir():
        raise DataError(
            "no such folder", where=str(root), hint="check --data, or " + _NAME_THEM, code="layout"
        )
    if (root / "train").is_dir() and (root / "test").is_dir():
        data = read_study(root / "train", root / "test")
        return with_valid(data, root / "valid") if (root / "valid").is_dir() else data
    tests = sorted(root.glob("test*.txt"))
    if not (root / "scripts").is_dir() or not tests:
        raise DataError(
            "training and test scripts are not recognised in this folder",
            where=str(root),
            hint=_NAME_THEM,
            code="layout",
        )
    if len(tests) > 1:
        names = ", ".join(test.name for test in tests)
        raise DataError(
            f"{len(tests)} test files: {names}", where=str(root), hint=_NAME_THEM, code="layout"
        )
    return read_study(root / "scripts", tests[0])


def lines_of(scripts: Iterable[Script]) -> tuple[str, ...]:
    """The texts of all lines, without labels."""
    return tuple(line.text for script in scripts for line in script.lines)


def bundled() -> StudyData:
    """The scripts that ship with the package; `sources` calls them bundled."""
    with as_file(files("xiangsheng.corpus") / "bundled") as root:
        data = study_data(root)
    return StudyData(data.train, data.test, data.warnings, ("bundled/train", "bundled/test"))
