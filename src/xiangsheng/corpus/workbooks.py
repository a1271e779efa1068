"""Workbooks to drafts: every sheet that holds scripts, or the one that is asked for."""

from xiangsheng.core.errors import DataError, UsageError
from xiangsheng.core.notice import Notice
from xiangsheng.corpus.draft import Draft
from xiangsheng.corpus.rows import TableOptions, table_drafts
from xiangsheng.files.workbook import read_workbook


def workbook_drafts(
    data: bytes, where: str, stem: str, options: TableOptions
) -> tuple[tuple[Draft, ...], tuple[Notice, ...]]:
    """The scripts of all sheets; without ids they are called after their sheets, or after the
    file where there is one sheet.

    Beside a sheet that is understood, one whose columns are not is left out with a notice; it is
    a DataError where no sheet is, or where it was asked for. UsageError for a sheet that is none.
    """
    tables = read_workbook(data, where)
    if options.sheet:
        names = [table.sheet for table in tables]
        tables = tuple(table for table in tables if table.sheet == options.sheet)
        if not tables:
            raise UsageError(
                f"no sheet with cells is called {options.sheet!r}",
                where=where,
                hint=f"sheets are {', '.join(names)}",
                code="sheet",
            )
    drafts, notices, refused = list[Draft](), list[Notice](), list[DataError]()
    for table in tables:
        own = stem if len(tables) == 1 else table.sheet
        try:
            found, more = table_drafts(table, own, options)
        except DataError as error:
            if error.code != "no_columns":
                raise
            refused.append(error)
            notices.append(Notice("passed_over", f"left out: {error.message}", error.where))
        else:
            drafts += found
            notices += more
    if refused and not drafts:
        raise refused[0]
    return tuple(drafts), tuple(notices)
