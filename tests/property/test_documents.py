"""However long a script is and wherever it is cut: every line is learned exactly once."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from tiny_networks import TOKENIZER
from xiangsheng.backends.local.training.documents import OPENING, Document, Reading
from xiangsheng.core.example import Example
from xiangsheng.core.rendering import Format, Rendering
from xiangsheng.core.script import Line, Script
from xiangsheng.prepare.render import examples

RENDERING = Rendering(Format.SCRIPT, header="题:{title}", separator="\n", space=False)
LINE_FEED = TOKENIZER.encode("\n")[0]

texts = st.text("好啊，。0:1x\u2028\r\x85😀é\ud800", min_size=1, max_size=24)
long = st.integers(1, 40).flatmap(lambda size: st.just("贯口" * 5 * size))
contexts = st.integers(64, 256)
weights = st.sampled_from([0.0, 0.01, 0.3])


def scripts(lines: st.SearchStrategy[str]) -> st.SearchStrategy[Script]:
    spoken = st.lists(lines, min_size=2, max_size=60).map(
        lambda found: tuple(Line(str(n % 2), text) for n, text in enumerate(found))
    )
    return spoken.map(lambda found: Script("a", "伞", found))


def rendered(script: Script) -> Example:
    (example,) = examples([script], RENDERING)
    return example


def chunks(script: Script, context: int, weight: float = 0.0) -> list[Document]:
    return list(Reading(TOKENIZER, context, weight).documents([rendered(script)]))


def tokens(script: Script, *, trained: bool | None = None) -> list[int]:
    """Of the whole text, or of the runs that are learned or not, and its end."""
    spans = rendered(script).spans
    text = "".join(span.text for span in spans if trained in (None, span.trained))
    return TOKENIZER.encode(text)


def opening(document: Document) -> tuple[int, ...]:
    """What is seen and not learned again, behind the first token."""
    size = next(n for n, weight in enumerate(document.weights) if weight)
    return document.tokens[1:size]


@given(scripts(texts | long), contexts)
def test_every_line_is_learned_once_in_order_and_so_is_the_end(
    script: Script, context: int
) -> None:
    learned = [
        token
        for document in chunks(script, context)
        for token, weight in zip(document.tokens, document.weights, strict=True)
        if weight == 1
    ]
    assert learned == [*tokens(script, trained=True), TOKENIZER.end]


@given(scripts(texts | long), contexts, weights)
def test_no_chunk_is_longer_than_the_context_and_nothing_is_lost(
    script: Script, context: int, weight: float
) -> None:
    found = chunks(script, context, weight)
    assert all(len(document.tokens) <= context for document in found)
    if weight:
        counted = [
            token
            for document in found
            for token, weighs in zip(document.tokens, document.weights, strict=True)
            if weighs
        ]
        assert counted == [*tokens(script), TOKENIZER.end]


@given(scripts(texts | long), contexts, weights)
def test_the_prompts_weight_goes_to_the_head_and_the_first_label_alone(
    script: Script, context: int, weight: float
) -> None:
    head = len(tokens(script, trained=False))
    first, *others = chunks(script, context, weight)
    assert set(first.weights[1 : 1 + head]) == {weight}
    assert set(first.weights[1 + head :]) <= {1.0}
    assert {weighs for document in others for weighs in document.weights} <= {0.0, 1.0}


@given(scripts(texts), contexts)
def test_chunks_are_cut_between_lines(script: Script, context: int) -> None:
    for document in chunks(script, context)[:-1]:
        assert document.tokens[-1] == LINE_FEED


@given(scripts(texts), contexts)
def test_a_chunk_is_opened_by_the_last_whole_lines_before_it_as_many_as_there_is_room_for(
    script: Script, context: int
) -> None:
    room = context - 1
    for before, after in pairwise(chunks(script, context)):
        seen = opening(after)
        assert before.tokens[-len(seen) :] == seen or not seen
        assert not seen or seen[-1] == LINE_FEED
        earlier = before.tokens[1 : len(before.tokens) - len(seen)]
        assert earlier[-1] == LINE_FEED
        # One line more would have been too much, for the share of a chunk or beside its first line.
        ends = [-1, *(place for place, token in enumerate(earlier) if token == LINE_FEED)]
        one_more = len(seen) + ends[-1] - ends[-2]
        new = after.tokens[1 + len(seen) :]
        first = new.index(LINE_FEED) + 1 if LINE_FEED in new else len(new)
        assert one_more > min(int(room * OPENING), room - first)
        # And before it was cut, the chunk had no room for its next line.
        assert len(before.tokens) - 1 + first > room


@given(scripts(texts), contexts)
def test_a_script_that_fits_is_one_document(script: Script, context: int) -> None:
    whole = [TOKENIZER.end, *tokens(script), TOKENIZER.end]
    found = chunks(script, context)
    if len(whole) <= context:
        assert [list(document.tokens) for document in found] == [whole]
    else:
        assert len(found) > 1


@given(st.lists(texts | long, min_size=1, max_size=20), contexts)
def test_a_text_of_a_base_is_learned_whole(lines: list[str], context: int) -> None:
    text = "".join(f"{line}\n" for line in lines)
    found = list(Reading(TOKENIZER, context).texts([text]))
    learned = [
        token
        for document in found
        for token, weight in zip(document.tokens, document.weights, strict=True)
        if weight
    ]
    assert learned == [*TOKENIZER.encode(text), TOKENIZER.end]
    assert all(len(document.tokens) <= context for document in found)
