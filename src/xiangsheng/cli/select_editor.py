"""A window in the person's own editor."""

import os
import shlex
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from xiangsheng.cli.language import say
from xiangsheng.core.words import Words
from xiangsheng.corpus.choosing import Candidate
from xiangsheng.corpus.editing import editable, edited

_NOTE = say(
    "# Change the texts only: every line keeps its place and its speaker. Then save and leave.\n",
    "# 只改文字：每行的位置和说话人不变。改好保存退出。\n",
)


def rewritten(candidate: Candidate, environment: Mapping[str, str]) -> Mapping[int, str] | Words:
    """The texts that were changed, by line, or why there are none."""
    try:
        command = shlex.split(environment.get("VISUAL") or environment.get("EDITOR") or "")
    except ValueError:  # a quotation mark too few
        command = []
    if not command:
        return Words(
            "没有设置 VISUAL 或 EDITOR，或者写得不对；改一行可以用 e 行号 新的文字",
            "neither VISUAL nor EDITOR names an editor; one line can be changed with e NUMBER new text",
        )
    part = candidate.part
    with TemporaryDirectory(prefix="xiangsheng-") as folder:
        file = Path(folder) / "window.txt"
        file.write_bytes((_NOTE + editable(part)).encode())
        if problem := _run([*command, str(file)]):
            return problem
        try:
            text = file.read_bytes().decode("utf-8-sig")
        except (OSError, UnicodeDecodeError) as error:
            return Words(f"改后的文件读不了：{error}", f"the edited file cannot be read: {error}")
    return edited(part, text.removeprefix(_NOTE), candidate.window.first)


def _run(command: list[str]) -> Words | None:
    """Runs the editor; Ctrl-C within it is the editor's."""
    before = signal.signal(signal.SIGINT, lambda _number, _frame: None)
    screen = None if os.isatty(1) else sys.stderr
    try:
        code = subprocess.run(command, check=False, stdout=screen).returncode
    except OSError as error:
        why = error.strerror or str(error)
        return Words(f"编辑器打不开：{why}", f"the editor cannot be started: {why}")
    finally:
        signal.signal(signal.SIGINT, before)
    if code:
        return Words(
            f"编辑器以 {code} 退出；什么也没改", f"the editor ended with {code}; nothing is changed"
        )
    return None
