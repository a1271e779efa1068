"""Near repeats, against comparing every text with every one before it."""

from collections.abc import Sequence

from hypothesis import given, settings
from hypothesis import strategies as st

from xiangsheng.text.near_repeats import near_repeats

# Few letters and long texts, so that many are alike and many n-grams come twice.
PART = st.text("甲乙\n", max_size=24) | st.text("甲乙丙丁戊己庚辛壬癸", max_size=40)
TEXTS = st.lists(st.tuples(PART, PART), max_size=9)


def grams(text: str, size: int) -> set[str]:
    return {
        line[start : start + size] if len(line) > size else line
        for line in text.split("\n")
        for start in range(max(1, len(line) - size + 1))
        if line
    }


def index(one: set[tuple[int, str]], other: set[tuple[int, str]]) -> float:
    return len(one & other) / len(one | other) if one | other else 1.0


def plainly(texts: Sequence[tuple[str, str]], size: int, least: float, at_least: int) -> list[int]:
    later, kept = list[int](), list[set[tuple[int, str]]]()
    for text in texts:
        mine = {(part, gram) for part in (0, 1) for gram in grams(text[part], size)}
        answer = {gram for gram in mine if gram[0]}
        long = sum(len(part.replace("\n", "")) for part in text) >= at_least
        if long and any(
            index(mine, other) >= least
            and index(answer, {gram for gram in other if gram[0]}) >= least
            for other in kept
        ):
            later.append(len(kept) + len(later))
        else:
            kept.append(mine if long else set())
    return later


@settings(max_examples=400)
@given(TEXTS, st.data(), st.sampled_from([0.5, 0.8, 1.0]), st.sampled_from([2, 5]))
def test_every_near_repeat_is_found(
    texts: list[tuple[str, str]], data: st.DataObject, least: float, size: int
) -> None:
    for text in list(texts):  # some with a letter exchanged
        place = data.draw(st.integers(0, 40))
        texts.append((text[0], text[1][:place] + "子" + text[1][place + 1 :]))
    found = list(near_repeats(texts, size, least, at_least=3))
    assert [repeat.later for repeat in found] == plainly(texts, size, least, 3)
    assert all(repeat.earlier < repeat.later and repeat.share >= least for repeat in found)
    left = [text for at, text in enumerate(texts) if at not in {r.later for r in found}]
    assert list(near_repeats(left, size, least, at_least=3)) == []


def test_the_same_in_the_question_and_in_the_answer_is_not_the_same() -> None:
    long = "剃头挑子门口街坊昨儿下雨雨伞修鞋师傅徒弟茶馆伙计"
    assert list(near_repeats([("哎", long), (long, "哎")])) == []


def test_another_answer_to_the_same_question_is_no_repeat() -> None:
    long = "剃头挑子门口街坊昨儿下雨雨伞修鞋师傅徒弟茶馆伙计"
    assert list(near_repeats([(long, "是啊"), (long, "没有")])) == []
    assert [repeat.later for repeat in near_repeats([(long, "是啊"), (long, "是啊")])] == [1]


def test_short_texts_are_no_repeats() -> None:
    assert list(near_repeats([("您好", "再见"), ("您好", "再见")])) == []
