"""`corpus clean`: what is no dialogue is taken out and listed."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from xiangsheng.cli.commands.source_options import (
    Columns,
    Encoding,
    Format,
    Join,
    Json,
    RoleMap,
    Sheet,
    Source,
)
from xiangsheng.cli.language import say

if TYPE_CHECKING:
    from xiangsheng.corpus.cleaning import Removal
    from xiangsheng.verbs.clean import CleanReport

CLEAN = say(
    "Take out what is no dialogue, and list each thing taken out.",
    "删去不是台词的内容，并逐条列出。",
)


def clean(
    source: Source,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help=say("Folder to write to.", "写到哪个文件夹。")),
    ] = None,
    dry_run: Annotated[
        bool,
        typer.Option(
            "--dry-run", help=say("List what would go, write nothing.", "只列出会删的，不写文件。")
        ),
    ] = False,
    rule: Annotated[
        list[str] | None,
        typer.Option(
            help=say(
                "Run only this rule; may be repeated. Rules: site, directions, empty, repeats, names, "
                "duplicates; and brackets, which runs only when asked for.",
                "只用这条规则，可以重复。规则：site、directions、empty、repeats、names、duplicates；"
                "brackets 只在点名时使用。",
            )
        ),
    ] = None,
    format: Format = "",
    encoding: Encoding = "",
    role_map: RoleMap = None,
    join_same_speaker: Join = False,
    columns: Columns = None,
    sheet: Sheet = "",
    json: Json = False,
) -> None:
    from xiangsheng.cli.consoles import errors, write_json
    from xiangsheng.cli.progress import shown
    from xiangsheng.core.errors import UsageError
    from xiangsheng.verbs import clean as verb
    from xiangsheng.verbs.corpus import reading_options

    if output is None and not dry_run:
        raise UsageError(
            "no folder to write to", hint="name one with -o FOLDER, or look first with --dry-run"
        )
    console = errors()
    with shown(console) as on_event:
        options = reading_options(
            format, encoding, role_map, columns, sheet=sheet, join=join_same_speaker
        )
        rules = verb.rules_named(rule or ())
        report = verb.clean(source, None if dry_run else output, options, on_event, rules)
    if json:
        write_json(_document(report))
        return
    sys.stdout.writelines(f"{_line(removal)}\n" for removal in report.removals)
    console.print(_summary(report), soft_wrap=True)


def _line(removal: "Removal") -> str:
    """Place, rule, text and reason, a tab between them."""
    from xiangsheng.cli.printable import printable

    place = removal.where or (
        f"{removal.script}:{removal.line}" if removal.line else removal.script
    )
    reason = say(removal.reason.en, removal.reason.zh)
    return "\t".join(map(printable, (place, removal.rule, removal.text, reason)))


def _summary(report: "CleanReport") -> str:
    from xiangsheng.corpus.cleaning import Rule

    counts = ", ".join(
        f"{rule} {count:,}" for rule, count in report.counts.items() if rule != "names"
    )
    names = report.counts.get(Rule.NAMES, 0)
    kept = say(
        f"{report.read:,} scripts read, {report.kept:,} kept. ",
        f"读入 {report.read:,} 个剧本，留下 {report.kept:,} 个。",
    )
    taken = say(f"Taken out: {counts or 'nothing'}. ", f"删去：{counts or '无'}。")
    renamed = say(f"Names as labels: {names:,}. ", f"用作标签的名字：{names:,}。") if names else ""
    written = say(
        f"{len(report.files):,} files written." if report.files else "Nothing was written.",
        f"写了 {len(report.files):,} 个文件。" if report.files else "没有写任何文件。",
    )
    return kept + taken + renamed + written


def _document(report: "CleanReport") -> dict[str, object]:
    return {
        "read": report.read,
        "kept": report.kept,
        "counts": {rule.value: count for rule, count in report.counts.items()},
        "removals": [
            {
                "rule": removal.rule.value,
                "script": removal.script,
                "line": removal.line,
                "where": removal.where,
                "text": removal.text,
                "reason": removal.reason.en,
            }
            for removal in report.removals
        ],
        "files": [str(path) for path in report.files],
    }
