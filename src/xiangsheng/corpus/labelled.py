"""Role-labelled text: one `label:text` a line, optional front matter above."""

from collections.abc import Callable, Iterator, Mapping

from xiangsheng.core.errors import DataError
from xiangsheng.core.notice import Notice
from xiangsheng.core.script import Provenance, Role
from xiangsheng.corpus.draft import Draft, Utterance
from xiangsheng.corpus.front_matter import FrontMatter, parse_front_matter
from xiangsheng.corpus.labels import SPACE, split_label
from xiangsheng.files.text import split_lines

NumberedLine = tuple[int, str]
Sieve = Callable[[str, list[NumberedLine]], list[NumberedLine]]
"""From a file's place and its lines to those that are read; what is taken out is told elsewhere."""


def labelled_drafts(
    text: str,
    where: str,
    id_: str,
    *,
    role_map: Mapping[str, str] | None = None,
    blocks: bool = False,
    sieve: Sieve | None = None,
) -> tuple[tuple[Draft, ...], tuple[Notice, ...]]:
    """The script of a labelled text, or one a block.

    A blank line is layout and says nothing, unless `blocks`: then every run of lines between
    blank ones is a script of its own, with the id `id-1`, `id-2`, …, and all share the front
    matter. `role_map` renames labels first, so that several can be one speaker. A line without
    a label is a DataError: it may be a continuation, a stage direction or a lost label, and
    only a person can tell.
    """
    lines = split_lines(text)
    front = parse_front_matter(lines, where)
    body = list(enumerate(lines[front.length :], front.length + 1))
    body = sieve(where, body) if sieve else body
    runs = list(split_blocks(body)) if blocks else [body]
    ids = [id_] if len(runs) == 1 else [f"{id_}-{n}" for n in range(1, len(runs) + 1)]
    drafts = tuple(
        _draft(front, where, own, tuple(_utterances(run, where, role_map or {})))
        for own, run in zip(ids, runs, strict=True)
    )
    return drafts, front.notices


def split_blocks(lines: list[NumberedLine]) -> Iterator[list[NumberedLine]]:
    """The runs of lines between blank ones."""
    block: list[NumberedLine] = []
    for number, line in lines:
        if line.strip(SPACE):
            block.append((number, line))
        elif block:
            yield block
            block = []
    if block:
        yield block


def _utterances(
    lines: list[NumberedLine], where: str, role_map: Mapping[str, str]
) -> Iterator[Utterance]:
    for number, line in lines:
        if not line.strip(SPACE):
            continue
        found = split_label(line)
        if found is None:
            raise DataError(
                f"a line without a label: {line[:60]}",
                where=f"{where}:{number}",
                hint="put its speaker before it (甲：…), join it to the line above, delete a "
                "stage direction, or read the file as --format alternating",
                code="no_label",
            )
        label, text = found
        yield Utterance(number, role_map.get(label, label), text)


def _draft(front: FrontMatter, where: str, id_: str, utterances: tuple[Utterance, ...]) -> Draft:
    return Draft(
        id=id_,
        where=where,
        utterances=utterances,
        title=front["title"],
        genre=front["genre"],
        summary=front["summary"],
        provenance=Provenance(front["source"], front["licence"]),
        names=dict(zip("01", front.speakers, strict=False)),
        roles=_roles(front, where, {utterance.label for utterance in utterances}),
    )


def _roles(front: FrontMatter, where: str, labels: set[str]) -> dict[str, Role]:
    roles: dict[str, Role] = {}
    for key, role in (("dougen", Role.DOUGEN), ("penggen", Role.PENGEN)):
        label = front[key]
        if label and (label not in labels or label in roles):
            why = "is already dougen" if label in roles else "is no label of the file"
            raise DataError(
                f"{key} is {label}, which {why}",
                where=f"{where}:1",
                hint=f"the labels are {'、'.join(sorted(labels))}",
                code="front_matter",
            )
        if label:
            roles[label] = role
    return roles
