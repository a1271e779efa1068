"""Speaker labels in generated text."""

import pytest

from xiangsheng.text.labels import role_drifts, split_label, spoken_lines


@pytest.mark.parametrize(
    ("line", "label", "text"),
    [
        ("0:您好", "0", "您好"),
        (" 1： 您好 ", "1", "您好"),
        ("２：谁？", "2", "谁？"),
        ("00:您好", "0", "您好"),
        ("1:30岁了", "1", "30岁了"),
        ("8:30见", "", "8:30见"),
        ("您好：0:", "", "您好：0:"),
        ("", "", ""),
    ],
)
def test_a_label_is_split_from_its_text(line: str, label: str, text: str) -> None:
    assert split_label(line) == (label, text)


def test_on_the_first_line_a_time_is_no_label() -> None:
    assert split_label("1:30见", first=True) == ("", "1:30见")
    assert split_label("1:见", first=True) == ("1", "见")


def test_spoken_lines_are_the_lines_with_text() -> None:
    assert spoken_lines("您好\n\n1:您好\n0:\n没有标签") == ["您好", "您好", "没有标签"]


@pytest.mark.parametrize(
    ("generated", "label"),
    [
        ("", "0"),
        ("您好", "0"),
        ("0:您好", "0"),
        ("您好\n1:您好\n0：吃了吗\n1:吃了", "0"),
        ("您好\n0:您好\n\n1:吃了吗", "1"),
        ("您好\n接着说\n1:您好", "0"),
        ("七点\n1:8:30见\n8:30见", "0"),
    ],
)
def test_roles_in_turn_do_not_drift(generated: str, label: str) -> None:
    assert not role_drifts(generated, label)


@pytest.mark.parametrize(
    ("generated", "label"),
    [
        ("您好\n2:我也来了", "0"),
        ("2:我也来了", "0"),
        ("1:您好", "0"),
        ("您好\n0:还是我", "0"),
        ("您好\n1:您好\n1:还是我", "0"),
        ("您好\n１:您好\n12：谁", "0"),
    ],
)
def test_a_third_speaker_and_a_label_out_of_turn_are_drift(generated: str, label: str) -> None:
    assert role_drifts(generated, label)


def test_long_lines_are_no_trouble() -> None:
    assert not role_drifts(" " * 20_000 + "0" * 20_000, "0")
    assert not role_drifts("好\n" * 20_000, "0")
