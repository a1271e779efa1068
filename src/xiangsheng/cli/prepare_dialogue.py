"""Findings shown, fixes asked for, the mended file written."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import typer

from xiangsheng.cli import failures
from xiangsheng.cli import prepare_next as next_step
from xiangsheng.cli.language import say
from xiangsheng.cli.printable import printable
from xiangsheng.core.words import Words
from xiangsheng.files.json_lines import Bad
from xiangsheng.prepare.checking.counted import counted
from xiangsheng.prepare.checking.finding import Finding, Level
from xiangsheng.prepare.checking.profiles import Profile
from xiangsheng.prepare.checking.survey import Task
from xiangsheng.verbs import prepare

_LEVELS = {
    Level.INFO: Words("提示", "info"),
    Level.OPTIONAL: Words("建议", "optional"),
    Level.NECESSARY: Words("必须", "necessary"),
    Level.FATAL: Words("错误", "fatal"),
}
_SHOWN = 10


@dataclass(frozen=True, slots=True)
class Wishes:
    """`quiet` says yes to everything; with `json` nothing is asked either, and no means no."""

    output: Path | None = None
    quiet: bool = False
    split: bool = False
    json: bool = False


def prepared(file: Path, options: prepare.PrepareOptions, wishes: Wishes) -> None:
    """The whole command; exit 3 where a finding is fatal."""
    if wishes.output:
        prepare.ready(wishes.output)
    with prepare.checking(file, options) as checked:
        if not wishes.json:
            _show(checked)
        written = None if checked.fatal else _write(checked, wishes)
        if wishes.json:
            from xiangsheng.cli.consoles import write_json

            write_json(document(checked, written))
        else:
            _end(checked, written)
    if checked.fatal:
        raise typer.Exit(failures.INVALID)


def _end(checked: prepare.Checked, written: prepare.Prepared | None) -> None:
    if written:
        _show_written(written)
    else:
        _say("Nothing was written.", "没有写任何文件。")
    if not checked.fatal:
        next_step.show(checked, written)


def document(checked: prepare.Checked, written: prepare.Prepared | None) -> dict[str, Any]:
    return {
        "profile": checked.profile.value,
        "rows_in": checked.gathered.given.odd.rows,
        "rows_out": written.result.rows if written else None,
        "output": str(written.outputs[0]) if written else None,
        "outputs": [str(path) for path in written.outputs] if written else [],
        "changes": str(written.changes) if written and written.changes else None,
        "findings": [_plain(finding) for finding in checked.findings],
        "bad": [_plain_bad(bad) for bad in checked.gathered.given.odd.bad],
        "tokens": checked.tokens.document() if checked.tokens else None,
        "estimate": next_step.plain_bill(checked, written),
    }


def _plain(finding: Finding) -> dict[str, Any]:
    return {
        "rule": finding.rule,
        "field": finding.field or None,
        "level": finding.level.value,
        "count": finding.count,
        "rows": list(finding.rows),
        "beside": list(finding.beside) or None,
        "message": finding.message.en,
        "example": finding.example or None,
        "fix": finding.does.en if finding.does else None,
    }


def _plain_bad(bad: Bad) -> dict[str, Any]:
    """What is wrong in a line, at a column of it or, where it can be read, a place in its value."""
    return {
        "line": bad.line,
        "column": None if bad.place else bad.column,
        "place": bad.place or None,
        "text": bad.text,
        "reason": bad.reason,
    }


def _show(checked: prepare.Checked) -> None:
    odd = checked.gathered.given.odd
    _say(
        f"{checked.path}: {counted(odd.rows, 'row')}, checked as {checked.profile}",
        f"{checked.path}：{odd.rows:,} 行，按 {checked.profile} 检查",
    )
    for finding in checked.findings:
        level, message = _LEVELS[finding.level], finding.message
        _say(f"- [{level.en}] {message.en}", f"- [{level.zh}] {message.zh}")
        if finding.rows and finding.rule != "bad_line":
            lines = "line" if finding.count == 1 else "lines"
            _say(f"    {lines} {_listed(finding)}", f"    行 {_listed(finding)}")
            if finding.example:
                _say(f"    e.g. {finding.example}", f"    例：{finding.example}")
        if finding.does:
            _say(f"    fix: {finding.does.en}", f"    修改：{finding.does.zh}")
    for bad in odd.bad[:_SHOWN]:
        _write_line(f"    {bad}")
    if odd.bad_count > _SHOWN:
        _say(
            f"    and {odd.bad_count - _SHOWN:,} more; --json lists a thousand",
            f"    另有 {odd.bad_count - _SHOWN:,} 行；--json 列出一千行",
        )


def _listed(finding: Finding) -> str:
    more = f", … ({finding.count:,})" if finding.count > _SHOWN else ""
    rows = list(map(str, finding.rows[:_SHOWN]))
    if finding.beside:
        rows = [" ↔ ".join(pair) for pair in zip(rows, finding.beside, strict=False)]
    return ", ".join(rows) + more


def _write(checked: prepare.Checked, wishes: Wishes) -> prepare.Prepared | None:
    asking = _Asking(wishes)
    chosen = [
        fix for finding, fix in checked.proposed if asking.yes(finding.does or finding.message)
    ]
    if asking.ended:
        return None
    return prepare.write(
        checked,
        chosen,
        wishes.output,
        lambda task: wishes.split or (_asks_to_split(checked, task) and asking.yes(_SPLIT)),
        lambda _: asking.yes(_PROCEED),
    )


def _asks_to_split(checked: prepare.Checked, task: Task) -> bool:
    return task is Task.CLASSIFICATION and checked.profile is Profile.OPENAI_2022


_SPLIT = Words("分成训练和验证两部分", "split into rows to train on and rows to validate with")
_PROCEED = Words("写到新文件", "write to a new file")


@dataclass(slots=True)
class _Asking:
    """`ended` once there is nobody to answer: then nothing is written."""

    wishes: Wishes
    ended: bool = False

    def yes(self, what: Words) -> bool:
        """As the tool of 2022: anything but n is yes."""
        if self.wishes.quiet:
            return True
        if self.wishes.json or self.ended:
            self.ended = True
            return False
        sys.stderr.write(printable(say(f"{_capital(what.en)}? [Y/n]: ", f"{what.zh}？[Y/n]：")))
        sys.stderr.flush()
        answer = sys.stdin.readline()
        self.ended = not answer
        if self.ended:
            sys.stderr.write("\n")
        return bool(answer) and answer.strip().lower() != "n"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _show_written(written: prepare.Prepared) -> None:
    files: Sequence[Path] = written.outputs
    for path in files:
        _say(f"Wrote {path}", f"写好 {path}")
    if written.changes:
        _say(
            f"Changes, row by row: {written.changes}",
            f"逐行的修改记录：{written.changes}",
        )
    if (ending := written.result.completion_suffix.text) and written.result.rows > 1:
        stop = ending.replace("\n", "\\n")
        _say(
            f'When you ask the tuned model, stop at "{stop}".',
            f'向微调后的模型提问时，用 "{stop}" 作停止符。',
        )


def _say(english: str, chinese: str) -> None:
    _write_line(say(english, chinese))


def _write_line(text: str) -> None:
    sys.stdout.write(printable(text) + "\n")
