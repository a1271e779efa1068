"""The charts, drawn by Altair, as inline SVG that follows the page's colours and fonts."""

import re
from math import isfinite
from typing import Any

from markupsafe import Markup

from xiangsheng.core.results import TaskResult, Tuning
from xiangsheng.core.score import Score
from xiangsheng.report.learning import curves, thinned
from xiangsheng.report.plain import visible
from xiangsheng.report.tables import metric_rows
from xiangsheng.report.words import novelty_size

# Vega wants real colours; these stand-ins become the page's variables afterwards.
_INK, _SOFT, _LINE, _ACCENT, _PAPER = "#010101", "#020202", "#030303", "#040404", "#050505"
_VARIABLES = {
    _INK: "var(--ink)",
    _SOFT: "var(--soft)",
    _LINE: "var(--line)",
    _ACCENT: "var(--accent)",
    _PAPER: "var(--paper)",
}
_FONT = "Noto Sans CJK SC, PingFang SC, Microsoft YaHei, sans-serif"
_ROW = 30
_WIDTH = 320
_TICKS = 8  # steps that can each be named, so that no half of a step is
_FEW = 40  # points of a curve that can each be seen

Rows = list[dict[str, Any]]


def levels(task: TaskResult) -> Markup:
    """A dot and its interval for every metric and system; empty when nothing was measured."""
    names = _names(task)
    rows = [
        point
        for row in metric_rows(task, "overlap", "variety")
        for name, score in zip(names, row.scores, strict=True)
        for point in _points(score, metric=row.words.name.en, system=name)
    ]
    if not rows:
        return Markup()
    import altair as alt

    y = alt.Y("metric:N", sort=None, title=None)
    base = _chart(rows).encode(
        y=y, yOffset=alt.YOffset("system:N", sort=names, scale=alt.Scale(paddingOuter=0.6))
    )
    return _svg(_dots_with_intervals(base, names), height=_ROW * _kinds(rows))


def differences(task: TaskResult) -> Markup:
    """Tuned minus base with its interval, against a line at zero."""
    rows = [
        point
        for row in metric_rows(task, "overlap", "variety")
        for point in _points(row.difference, metric=row.words.name.en, system="tuned")
    ]
    if not rows:
        return Markup()
    import altair as alt

    zero = (
        _chart([{"zero": 0}])
        .mark_rule(color=_INK, strokeDash=[3, 3])
        .encode(x=alt.X("zero:Q", title=None))
    )
    base = _chart(rows).encode(y=alt.Y("metric:N", sort=None, title=None))
    return _svg(zero + _dots_with_intervals(base, ["tuned"]), height=_ROW * _kinds(rows))


def novelty(task: TaskResult) -> Markup:
    """Novelty by the length of the n-gram, a line a system."""
    names = _names(task)
    rows = [
        point
        for name, found in zip(names, task.systems, strict=True)
        for key, score in found.scores.items()
        if (size := novelty_size(key)) is not None
        for point in _points(score, n=size, system=name)
    ]
    if not rows:
        return Markup()
    import altair as alt

    x = alt.X("n:O", title=None, axis=alt.Axis(labelAngle=0))
    base = _chart(rows).encode(
        x=x, y=alt.Y("value:Q", title=None, scale=alt.Scale(domain=[0, 100]))
    )
    line = base.mark_line(strokeWidth=1.5).encode(color=_lines(names))
    spread = base.mark_rule(strokeWidth=1.5).encode(y="low:Q", y2="high:Q", color=_lines(names))
    return _svg(line + spread + _dots(base, names), height=220)


def loss(tuning: Tuning | None) -> Markup:
    """Loss by step, training cinnabar, held-out examples ink with open dots where they are few;
    empty unless a curve has two finite points.
    """
    found = curves(tuning)
    if not any(len(curve.points) > 1 for curve in found):
        return Markup()
    import altair as alt

    steps = sorted({step for curve in found for step, _ in curve.points})
    axis = alt.Axis(format="~s", values=steps) if len(steps) <= _TICKS else alt.Axis(format="~s")
    layers = []
    for curve in found:
        points = [{"step": step, "loss": loss} for step, loss in thinned(curve.points)]
        base = _chart(points).encode(
            x=alt.X(
                "step:Q",
                title=None,
                scale=alt.Scale(nice=False),
                axis=axis,
            ),
            y=alt.Y("loss:Q", title=None, scale=alt.Scale(zero=False)),
        )
        layers.append(base.mark_line(color=_INK if curve.held_out else _ACCENT, strokeWidth=1.75))
        if curve.held_out and len(points) <= _FEW:
            layers.append(
                base.mark_point(size=30, strokeWidth=1.5, stroke=_INK, fill=_PAPER, opacity=1)
            )
    return _svg(alt.layer(*layers), height=220)


def _names(task: TaskResult) -> list[str]:
    return [visible(found.name) for found in task.systems]


def _points(score: Score | None, **names: str | int) -> Rows:
    """A score as a row to draw; none when there is no number, a bare dot without an interval."""
    if score is None or not isfinite(score.value):
        return []
    low, high = score.ci95 or (score.value, score.value)
    return [{**names, "value": score.value, "low": low, "high": high}]


def _chart(rows: Rows) -> Any:
    import altair as alt

    return alt.Chart(alt.InlineData(values=rows))


def _kinds(rows: Rows) -> int:
    return len({row["metric"] for row in rows})


def _colours(names: list[str], *, hollow: bool = False) -> Any:
    """Tuned is cinnabar and filled, everything else ink and, where `hollow`, open."""
    import altair as alt

    other = _PAPER if hollow else _INK
    return alt.Scale(domain=names, range=[_ACCENT if name == "tuned" else other for name in names])


def _lines(names: list[str]) -> Any:
    import altair as alt

    return alt.Color("system:N", legend=None, scale=_colours(names))


def _dots(base: Any, names: list[str]) -> Any:
    import altair as alt

    return base.mark_point(size=46, strokeWidth=1.75, opacity=1).encode(
        stroke=alt.Stroke("system:N", legend=None, scale=_colours(names)),
        fill=alt.Fill("system:N", legend=None, scale=_colours(names, hollow=True)),
    )


def _dots_with_intervals(base: Any, names: list[str]) -> Any:
    import altair as alt

    spread = base.mark_rule(strokeWidth=2).encode(
        x=alt.X("low:Q", title=None), x2="high:Q", color=_lines(names)
    )
    return spread + _dots(base.encode(x=alt.X("value:Q", title=None)), names)


def _svg(chart: Any, *, height: int) -> Markup:
    import vl_convert

    dressed = (
        chart.properties(width=_WIDTH, height=height, background="transparent", padding=4)
        .configure(font=_FONT, aria=False)
        .configure_view(stroke=None)
        .configure_axis(
            domainColor=_LINE,
            gridColor=_LINE,
            labelColor=_INK,
            labelFontSize=13,
            labelPadding=6,
            tickColor=_LINE,
            ticks=False,
        )
        .configure_axisY(domain=False)
    )
    return _inline(vl_convert.vegalite_to_svg(dressed.to_dict()))


def _inline(svg: str) -> Markup:
    """For use inside the page: scaled by CSS, silent to screen readers, no ids, no namespaces."""
    for stand_in, variable in _VARIABLES.items():
        svg = svg.replace(stand_in, variable)
    head, body = svg.split(">", 1)
    box = re.search(r'viewBox="[^"]+"', head)
    width = re.search(r'width="([\d.]+)"', head)
    if not box or not width:
        raise ValueError("the drawn chart has no size")
    body = re.sub(r'<rect width="[\d.]+" height="[\d.]+" fill="(?:white|transparent)"/>', "", body)
    body = re.sub(r' (?:class|role|aria-[a-z]+|pointer-events)="[^"]*"', "", body)
    body = re.sub(r'<path d="M0,0h0v0h0Z"/>|<path d="" display="none"/>', "", body)
    body = re.sub(r"(\d\.\d{2})\d+", r"\1", body)
    # Drawn by us from numbers and metric names; Vega escapes the names.
    return Markup(f'<svg {box[0]} width="{width[1]}" aria-hidden="true" focusable="false">{body}')  # noqa: S704
