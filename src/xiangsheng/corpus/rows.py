"""Tables to drafts: a row is a line of a script, its columns say whose and which."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from xiangsheng.core.errors import DataError
from xiangsheng.core.notice import Notice
from xiangsheng.core.script import Provenance, Role
from xiangsheng.corpus.columns import Columns, find_columns
from xiangsheng.corpus.draft import DOUGEN_NAMES, PENGEN_NAMES, Draft, Utterance
from xiangsheng.corpus.grouping import Spoken, grouped
from xiangsheng.corpus.labels import SPACE
from xiangsheng.files.formulas import restored
from xiangsheng.files.table import Odd, Row, Table

ROLES: Mapping[str, Role] = (
    dict.fromkeys(DOUGEN_NAMES | {"dougen"}, Role.DOUGEN)
    | dict.fromkeys(PENGEN_NAMES | {"pengen", "penggen"}, Role.PENGEN)
    | {"other": Role.OTHER}
)
OF_SCRIPT = ("title", "genre", "summary", "source", "licence")
_NUMBERS = frozenset({"script", "order", "speaker"})  # fields that may be numbers in their file


@dataclass(frozen=True, slots=True)
class TableOptions:
    """`columns` by field; `sheet` is the only one to read, or empty."""

    columns: Mapping[str, str] = field(default_factory=dict)
    role_map: Mapping[str, str] = field(default_factory=dict)
    sheet: str = ""


def table_drafts(
    table: Table, stem: str, options: TableOptions, *, defused: bool = False
) -> tuple[tuple[Draft, ...], tuple[Notice, ...]]:
    """The scripts of a table whose first row names its columns.

    Rows of one script stand together, or an order column says how they do; a blank script or
    title is that of the row above. Without a script column the title tells scripts apart; without
    both the table is one script. Their ids are then `stem`, or `stem-1`, `stem-2`, …. In a table
    of ours cells are taken as they are, and `defused` cells get back what they were; in another,
    spaces around a cell are layout. Raises DataError with the row.
    """
    rows = [row for row in table.rows if not row.blank]
    if not rows:
        return (), ()
    header, *body = rows
    columns = find_columns(header.cells, options.columns, f"{table.where}:{header.number}")
    for row in body:
        _refuse_overlong(row, len(header.cells), table.where)
    spoken = [_spoken(row, columns, defused=defused) for row in body]
    key = next((name for name in ("script", "title") if name in columns.places), "")
    scripts = grouped(spoken, key, table.where, ordered="order" in columns.places)
    drafts = tuple(
        _draft(id_ if key == "script" else _numbered(stem, n, len(scripts)), rows, table, options)
        for n, (id_, rows) in enumerate(scripts.items(), 1)
    )
    return drafts, (*_unread(columns, table, header), *_written_out(body, columns, table))


def role_named(name: str, where: str) -> Role | None:
    """The role that a cell states; None where it is empty."""
    if not name:
        return None
    if name.casefold() not in ROLES:
        raise DataError(
            f"no role: {name[:40]}",
            where=where,
            hint="roles are dougen (逗哏), penggen (捧哏) and other; if this column holds something "
            "else, leave it out with --columns role=",
            code="columns",
        )
    return ROLES[name.casefold()]


def spoken_label(label: str) -> str:
    """A label as a cell has it, without layout and without the colon that belongs to a line."""
    return label.strip(SPACE).rstrip(":：").rstrip(SPACE)


def _refuse_overlong(row: Row, width: int, where: str) -> None:
    if any(cell.strip() for cell in row.cells[width:]):
        raise DataError(
            f"{len(row.cells)} cells, and the first row has {width}: {row.cells[width][:40]}",
            where=f"{where}:{row.number}",
            hint="put a text that holds the separator between quotation marks",
            code="csv",
        )


def _spoken(row: Row, columns: Columns, *, defused: bool) -> Spoken:
    values = {}
    for name, place in columns.places.items():
        cell = row.cells[place] if place < len(row.cells) else ""
        if not columns.ours:
            values[name] = spoken_label(cell) if name == "speaker" else cell.strip(SPACE)
        else:
            values[name] = restored(cell) if defused else cell
    return Spoken(row.number, values)


def _draft(id_: str, rows: Sequence[Spoken], table: Table, options: TableOptions) -> Draft:
    values = {name: _agreed(rows, name, table.where) for name in OF_SCRIPT}
    utterances, names, roles = [], dict[str, str](), dict[str, Role]()
    for row in rows:
        where = f"{table.where}:{row.number}"
        if not row["speaker"]:
            raise DataError(
                f"a line without a speaker: {row['text'][:60]}",
                where=where,
                hint="fill in who says it, or delete a row that nobody says",
                code="no_label",
            )
        label = options.role_map.get(row["speaker"], row["speaker"])
        utterances.append(Utterance(row.number, label, row["text"]))
        role, name = role_named(row["role"], where), row["name"]
        if name and names.setdefault(label, name) != name:
            raise _contradiction(f"{label} is", names[label], name, where)
        if role and roles.setdefault(label, role) != role:
            raise _contradiction(f"{label} is", roles[label], role, where)
    return Draft(
        id=id_,
        where=table.where,
        utterances=tuple(utterances),
        title=values["title"],
        genre=values["genre"],
        summary=values["summary"],
        provenance=Provenance(values["source"], values["licence"]),
        names=names,
        roles=roles,
    )


def _agreed(rows: Iterable[Spoken], name: str, where: str) -> str:
    """What the rows of a script say of it: once is enough."""
    found = ""
    for row in rows:
        if row[name] and found and row[name] != found:
            raise _contradiction(f"the {name} is", found, row[name], f"{where}:{row.number}")
        found = found or row[name]
    return found


def _contradiction(what: str, first: str, second: str, where: str) -> DataError:
    return DataError(
        f"{what} {first[:40]}, and here {second[:40]}",
        where=where,
        hint="let the rows of one script agree, or leave a column out with --columns FIELD=",
        code="columns",
    )


def _numbered(stem: str, number: int, count: int) -> str:
    return stem if count == 1 else f"{stem}-{number}"


def _unread(columns: Columns, table: Table, header: Row) -> Iterable[Notice]:
    if columns.unread:
        names = ", ".join(columns.unread)
        yield Notice("unknown_key", f"nothing reads: {names}", f"{table.where}:{header.number}")


def _written_out(rows: Iterable[Row], columns: Columns, table: Table) -> Iterable[Notice]:
    """Numbers and dates among the texts: their file does not say how they were typed."""
    first: dict[tuple[str, Odd], int] = {}
    counts: Counter[tuple[str, Odd]] = Counter()
    for row in rows:
        for name, place in columns.places.items():
            odd = row.odd.get(place)
            if odd is Odd.NESTED:
                raise DataError(
                    f"the {name} must be text, this is {odd}",
                    where=f"{table.where}:{row.number}",
                    hint="give one text",
                    code="columns",
                )
            if odd and name not in _NUMBERS:
                first.setdefault((name, odd), row.number)
                counts[name, odd] += 1
    for (name, odd), number in first.items():
        more = counts[name, odd] - 1
        yield Notice(
            "written_out",
            f"the {name} is {odd} and was written out"
            + (f", as {more:,} more are" if more else ""),
            f"{table.where}:{number}",
        )
