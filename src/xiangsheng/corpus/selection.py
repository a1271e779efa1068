"""Where a selection stands: what its decisions come to, and what comes next."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from xiangsheng.core.canonical import digest
from xiangsheng.core.errors import DataError
from xiangsheng.core.script import Script
from xiangsheng.corpus.decisions import Decision, Verdict
from xiangsheng.corpus.windows import cut, text_digest


@dataclass(frozen=True, slots=True)
class Progress:
    """`newest`: the newest decision of each script, the newest of all last; `settled`: the scripts
    that are accepted or skipped, in the order in which that was decided.
    """

    newest: Mapping[str, Decision] = field(default_factory=dict)
    settled: tuple[str, ...] = ()

    @classmethod
    def of(cls, decisions: Iterable[Decision]) -> "Progress":
        progress = cls()
        for decision in decisions:
            progress = progress.after(decision)
        return progress

    def after(self, decision: Decision) -> "Progress":
        others = {id_: one for id_, one in self.newest.items() if id_ != decision.script}
        settled = tuple(id_ for id_ in self.settled if id_ != decision.script)
        if decision.decision.settles:
            settled += (decision.script,)
        return replace(self, newest={**others, decision.script: decision}, settled=settled)

    @property
    def accepted(self) -> tuple[Decision, ...]:
        return self._settled_as(Verdict.ACCEPT)

    @property
    def skipped(self) -> tuple[Decision, ...]:
        return self._settled_as(Verdict.SKIP)

    @property
    def opened(self) -> tuple[Decision, ...]:
        """Scripts that were shifted, edited or gone back to and not settled, the newest first."""
        open_ = (one for one in self.newest.values() if not one.decision.settles)
        return tuple(reversed(list(open_)))

    def _settled_as(self, verdict: Verdict) -> tuple[Decision, ...]:
        newest = (self.newest[id_] for id_ in self.settled)
        return tuple(one for one in newest if one.decision is verdict)


def unchanged(decision: Decision, scripts: Mapping[str, Script]) -> Script:
    """The script that was decided on; DataError where it is gone or says something else now."""
    script = scripts.get(decision.script)
    if script is None:
        raise DataError(
            "the decisions speak of this script, and the source has none of this id",
            where=decision.script,
            hint="give the source that was chosen from",
            code="changed",
        )
    if text_digest(script) != decision.digest:
        raise DataError(
            "this script has changed since it was decided on: its digest is "
            f"{text_digest(script)[:12]} and was {decision.digest[:12]}",
            where=decision.script,
            hint="give the source as it was, read with the same options; or take the lines with "
            "this script out of the decisions file, and it is asked about again",
            code="changed",
        )
    return script


def chosen(progress: Progress, scripts: Mapping[str, Script]) -> tuple[Script, ...]:
    """The accepted windows as scripts, in the order of the source; DataError as `unchanged`."""
    places = {id_: place for place, id_ in enumerate(scripts)}
    found = [cut(unchanged(one, scripts), one.window, one.edits) for one in progress.accepted]
    return tuple(sorted(found, key=lambda script: places[script.id]))


def set_digest(scripts: Iterable[Script]) -> str:
    """Of a chosen set, whatever the order of its scripts."""
    return digest({script.id: text_digest(script) for script in scripts})
