"""The charts as SVG."""

import xml.etree.ElementTree as ET
from collections.abc import Callable
from dataclasses import replace

import pytest

import studies
from xiangsheng.core.results import TaskResult
from xiangsheng.report import charts

Draw = Callable[[TaskResult], str]


@pytest.mark.parametrize("draw", [charts.levels, charts.differences, charts.novelty])
def test_a_chart_keeps_its_text_and_follows_the_page(draw: Draw) -> None:
    svg = draw(studies.task())
    root = ET.fromstring(svg)
    assert [found.text for found in root.iter("text")]
    assert "viewBox" in root.attrib
    assert "height" not in root.attrib
    assert "var(--" in svg
    assert "#0" not in svg
    assert not [found for found in root.iter() if "id" in found.attrib or "style" in found.attrib]


def test_levels_show_each_metric_and_both_systems() -> None:
    svg = charts.levels(studies.task())
    labels = [found.text for found in ET.fromstring(svg).iter("text")]
    assert {"BLEU-1", "GLEU", "ROUGE-L", "Distinct-2"} <= set(labels)
    assert svg.count('fill="var(--paper)"') == 10
    assert svg.count('fill="var(--accent)"') == 10


@pytest.mark.parametrize("draw", [charts.levels, charts.differences, charts.novelty])
def test_nothing_to_draw_is_no_chart(draw: Draw) -> None:
    assert draw(studies.nothing().tasks[0]) == ""


def test_a_score_that_is_no_number_is_left_out() -> None:
    task = studies.task()
    broken = replace(task.systems[0], scores={"gleu": studies.score(float("nan"), None)})
    assert charts.levels(replace(task, systems=(broken,))) == ""


def test_a_loss_curve_needs_two_finite_points() -> None:
    tuning = studies.few().tuning
    assert tuning is not None
    assert "var(--accent)" in charts.loss(tuning)
    assert charts.loss(None) == ""
    assert charts.loss(replace(tuning, curve=((1, 2.0), (2, float("nan"))))) == ""


def test_both_losses_are_drawn_and_held_out_examples_have_open_dots() -> None:
    tuning = studies.full().tuning
    assert tuning is not None
    assert charts.loss(tuning).count('fill="var(--paper)"') == len(tuning.validation)
    assert 'fill="var(--paper)"' not in charts.loss(replace(tuning, validation=()))
    held_out = charts.loss(replace(tuning, curve=()))
    assert "var(--accent)" not in held_out
    assert 'stroke="var(--ink)"' in held_out


def test_a_few_steps_are_named_each() -> None:
    svg = charts.loss(studies.few().tuning)
    labels = [found.text for found in ET.fromstring(svg).iter("text")]
    assert labels[:3] == ["0", "1", "2"]


def test_a_long_curve_is_no_larger_than_a_chart_can_show() -> None:
    tuning = studies.full().tuning
    assert tuning is not None
    curve = tuple((step, 9.0 - step / 1e5) for step in range(100_000))
    assert len(charts.loss(replace(tuning, curve=curve))) < 20_000


def test_without_an_interval_there_is_a_bare_dot() -> None:
    task = studies.task()
    bare = replace(task.systems[0], scores={"gleu": studies.score(3.0, None)})
    svg = charts.levels(replace(task, systems=(bare,)))
    assert svg.count('fill="var(--paper)"') == 1
