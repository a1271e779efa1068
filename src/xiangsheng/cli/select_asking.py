"""Asking a person what to do with a window: on a terminal, or line by line through a pipe."""

import os
from dataclasses import dataclass, field
from typing import BinaryIO

from rich.console import Console
from rich.text import Text

from xiangsheng.cli.language import say
from xiangsheng.cli.printable import printable
from xiangsheng.cli.select_editor import rewritten
from xiangsheng.cli.select_keys import Asked, meant
from xiangsheng.cli.select_screen import help_table, pool_line, shown
from xiangsheng.core.words import Words
from xiangsheng.corpus.choosing import Action, Candidate, Quit, Rewrite, Skip
from xiangsheng.verbs.select_session import View


@dataclass(slots=True)
class Asking:
    """Shows a view and reads lines until one is an answer; the end of input quits."""

    console: Console
    lines: BinaryIO | None
    before: Candidate | None = field(default=None, init=False)
    begun: bool = field(default=False, init=False)

    def __call__(self, view: View) -> Action:
        if not self.begun:
            self.console.print(pool_line(view))
            self.begun = True
        if view.candidate is None or view.candidate != self.before:
            self._show(view)
        self.before = view.candidate
        if view.problem:
            self._complain(view.problem)
        while True:
            answer = self._answer(view.candidate)
            if isinstance(answer, Words):
                self._complain(answer)
            elif answer is not None:
                return answer

    def _answer(self, candidate: Candidate | None) -> Action | Words | None:
        typed = self._read("> ")
        if typed is None:
            return Quit()
        answer = meant(typed)
        match answer:
            case Asked.HELP:
                self.console.print(help_table())
                return None
            case Asked.REASON:
                reason = self._read(say("why? ", "理由："))
                return Quit() if reason is None else Skip(reason)
            case Asked.EDITOR:
                return self._edit(candidate)
            case _:
                return answer

    def _edit(self, candidate: Candidate | None) -> Action | Words:
        if candidate is None or self.lines is None or not self.lines.isatty():
            return Words(
                "这里开不了编辑器；改一行可以用 e 行号 新的文字",
                "there is no terminal for an editor; write e NUMBER new text",
            )
        texts = rewritten(candidate, os.environ)
        return texts if isinstance(texts, Words) else Rewrite(texts)

    def _read(self, prompt: str) -> str | None:
        """A line without its end; None at the end of input."""
        self.console.print(Text(prompt, style="bold"), end="")
        try:
            data = self.lines.readline() if self.lines else b""
        except KeyboardInterrupt:
            self.console.print()
            raise
        if not data:
            self.console.print()
            return None
        # A byte that is no UTF-8 becomes half a character, which is refused as text.
        typed = data.decode("utf-8", "surrogateescape").rstrip("\r\n")
        if self.lines and not self.lines.isatty():
            self.console.print(Text(printable(typed)), soft_wrap=True)
        return typed

    def _show(self, view: View) -> None:
        self.console.print()
        for part in shown(view):
            self.console.print(part)

    def _complain(self, words: Words) -> None:
        self.console.print(Text(printable(say(words.en, words.zh)), style="yellow"))
