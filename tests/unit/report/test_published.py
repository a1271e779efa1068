"""The figures of 2022."""

import json

from support import c3_folder
from xiangsheng.report import published


def test_eleven_rows_of_ten_metrics_with_their_source() -> None:
    found = published()
    assert len(found.rows) == 11
    assert {len(row.values) for row in found.rows} == {10}
    assert "FreedomIntelligence/crosstalk-generation" in found.source
    assert "2022" in found.source


def test_the_figures_are_those_of_the_published_table() -> None:
    table = json.loads((c3_folder() / "published_table.json").read_text("utf-8"))
    assert {row.system: dict(row.values) for row in published().rows} == table["machine"]
