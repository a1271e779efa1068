"""Writing a run's report and its lab log."""

from dataclasses import dataclass
from pathlib import Path

from xiangsheng import report
from xiangsheng.core.results import Study
from xiangsheng.files.atomic import write_text
from xiangsheng.store.workspace import Workspace
from xiangsheng.verbs.study import build_study


@dataclass(frozen=True, slots=True)
class Written:
    """The study and where its page and its log are."""

    study: Study
    page: Path
    log: Path


def write_report(
    workspace: Workspace, beginning: str = "", page: Path | None = None, log: Path | None = None
) -> Written:
    """The report of the run whose id begins so, the newest for an empty one, in its folder unless
    other places are named.
    """
    run = workspace.runs.find(beginning)
    folder = workspace.folder(run.id)
    study = build_study(workspace, run)
    page, log = page or folder.path("report.html"), log or folder.path("log.md")
    write_text(page, report.html(study))
    write_text(log, report.lab_log(study))
    return Written(study, page, log)


def lab_log(workspace: Workspace, beginning: str = "") -> str:
    """The lab log of the run whose id begins so, as Markdown."""
    return report.lab_log(build_study(workspace, workspace.runs.find(beginning)))
