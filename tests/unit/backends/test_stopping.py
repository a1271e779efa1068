from hypothesis import given
from hypothesis import strategies as st

from xiangsheng.backends.stopping import Stopper

TEXT = st.text("ab\n", max_size=30)
STOPS = st.lists(st.text("ab\n", min_size=1, max_size=4), max_size=4)


def run(text: str, stops: list[str]) -> tuple[list[str], bool]:
    stopper = Stopper(stops)
    pieces = []
    for character in text:
        released, stopped = stopper.push(character)
        pieces.append(released)
        if stopped:
            return [*pieces, stopper.finish()], True
    return [*pieces, stopper.finish()], False


def obvious(text: str, stops: list[str]) -> tuple[str, bool]:
    """The shortest beginning that ends in a stop sequence, less the longest that it ends in."""
    for size in range(1, len(text) + 1):
        ends = [stop for stop in stops if text[:size].endswith(stop)]
        if ends:
            return text[: size - max(map(len, ends))], True
    return text, False


@given(text=TEXT, stops=STOPS)
def test_what_is_released_is_the_text_before_the_first_stop(text: str, stops: list[str]) -> None:
    pieces, stopped = run(text, stops)
    assert ("".join(pieces), stopped) == obvious(text, stops)
    assert not any(stop in "".join(pieces) for stop in stops)


@given(text=TEXT, stops=STOPS)
def test_nothing_released_could_still_have_begun_a_stop(text: str, stops: list[str]) -> None:
    stopper, shown = Stopper(stops), ""
    for place, character in enumerate(text, 1):
        released, stopped = stopper.push(character)
        shown += released
        if stopped:
            break
        held = text[len(shown) : place]
        assert any(stop.startswith(held) for stop in stops) or not held


def test_without_stops_every_character_is_released_at_once() -> None:
    assert run("甲乙", []) == (["甲", "乙", ""], False)


def test_a_beginning_of_a_stop_is_released_when_it_turns_out_to_be_none() -> None:
    assert run("好\n1", ["\n0:"]) == (["好", "", "\n1", ""], False)
