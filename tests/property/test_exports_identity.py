"""Whatever the characters, a script goes through every format unchanged or is refused."""

from itertools import cycle

from hypothesis import given
from hypothesis import strategies as st

from xiangsheng.core.errors import DataError
from xiangsheng.core.script import Line, Provenance, Role, Script, Speaker
from xiangsheng.corpus.exporting import TableFormat, exported
from xiangsheng.corpus.reading import read_bytes

SPECIAL = "=+-@＝＋－＠'\"“”,;\t \u3000\xa0\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029\ufeff\x01\x1f\x7f\x9f_xX005F<>&{}[]\\:："
NO_TEXT = "\0\ud800\udfff\n\r"
CHARACTER = st.one_of(
    st.sampled_from(SPECIAL),
    st.characters(codec="utf-8", exclude_characters="\0\n\r\ufffe\uffff"),
)
TEXT = st.text(CHARACTER, max_size=12)
LINE = st.text(CHARACTER, min_size=1, max_size=12)
ROLES = st.sampled_from(
    [(Role.OTHER, Role.OTHER), (Role.DOUGEN, Role.PENGEN), (Role.PENGEN, Role.OTHER)]
)


def scripts(
    text: st.SearchStrategy[str], line: st.SearchStrategy[str]
) -> st.SearchStrategy[Script]:
    lines = st.lists(line, min_size=2, max_size=5).map(
        lambda texts: tuple(map(Line, cycle(("0", "1")), texts))
    )
    speakers = st.builds(
        lambda names, roles: tuple(map(Speaker, "01", names, roles)), st.tuples(text, text), ROLES
    )
    return st.builds(
        Script,
        id=line,
        title=text,
        lines=lines,
        genre=text,
        summary=text,
        speakers=speakers,
        provenance=st.builds(Provenance, text, text),
    )


@given(
    st.lists(scripts(TEXT, LINE), min_size=1, max_size=3, unique_by=lambda script: script.id),
    st.sampled_from(TableFormat),
)
def test_every_character_comes_back(several: list[Script], form: TableFormat) -> None:
    reading = read_bytes(exported(several, form), f"a.{form}")
    assert reading.scripts == tuple(several)
    assert reading.warnings == ()


@given(
    scripts(TEXT, LINE), st.sampled_from(NO_TEXT), st.integers(0, 6), st.sampled_from(TableFormat)
)
def test_what_is_no_text_is_refused(
    script: Script, odd: str, place: int, form: TableFormat
) -> None:
    parts = [script.id, script.title, script.genre, script.summary, script.provenance.source]
    parts += [script.speakers[0].name, script.lines[-1].text]
    parts[place] += odd
    changed = Script(
        id=parts[0],
        title=parts[1],
        lines=(*script.lines[:-1], Line(script.lines[-1].speaker, parts[6])),
        genre=parts[2],
        summary=parts[3],
        speakers=(Speaker("0", parts[5]), script.speakers[1]),
        provenance=Provenance(parts[4], script.provenance.licence),
    )
    try:
        exported([changed], form)
    except DataError as error:
        refused = str(error)
    assert "holds a" in refused
    assert refused.encode().decode().isprintable() or "\\" in refused
