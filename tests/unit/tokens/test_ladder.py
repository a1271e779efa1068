"""The ladder's tokenizer: what is in it, and how what is not is written."""

import pytest

from support import c3_folder
from xiangsheng.corpus.statistics import is_han
from xiangsheng.corpus.study import study_data
from xiangsheng.tokens.ladder import SPECIALS, Decoder, LadderTokenizer

LADDER = LadderTokenizer()
A = 256 + ord("A") - ord(" ")


def test_the_vocabulary_is_fixed_for_good() -> None:
    assert LADDER.size == 256 + 95 + 2 + 94 + 94 + 3755 + 2 + 6 == 4304
    assert LADDER.size % 16 == 0  # rows of the embedding fill whole tiles
    assert LADDER.name == "ladder"
    assert LADDER.digest == "c8dc2472bb20ac539c3f5ac2d14efb55e0ba8777a6f75d7c766161f72cb69c7f"


def test_ids_have_their_order() -> None:
    shown = [LADDER.token(number) for number in range(LADDER.size)]
    assert len(set(shown)) == LADDER.size
    assert (shown[0], shown[0xE7], shown[255]) == ("bytes:\\x00", "bytes:\\xe7", "bytes:\\xff")
    assert "".join(shown[256:353]) == "".join(map(chr, range(32, 127))) + "\t\n"
    assert "".join(shown[353:361]) == "\u3000、。·ˉˇ¨〃"
    assert "".join(shown[447:452]) == "！＂＃￥％"
    assert (shown[541], shown[4295]) == ("啊", "座")
    assert tuple(shown[4296:]) == ("\u30fb", "\u2015", *SPECIALS)
    assert LADDER.end == LADDER.special("<|endoftext|>") == 4298


def test_both_readings_of_two_marks_are_there() -> None:
    pairs = [bytes((row, cell)) for row in (0xA1, 0xA3) for cell in range(0xA1, 0xFF)]
    pairs += [bytes((row, cell)) for row in range(0xB0, 0xD7) for cell in range(0xA1, 0xFF)]
    differing = {
        pair.decode("gb2312"): pair.decode("gbk")
        for pair in pairs
        if pair.decode("gb2312") != pair.decode("gbk")
    }
    assert differing == {"\u30fb": "\u00b7", "\u2015": "\u2014"}
    assert all(pair.decode("gbk") == pair.decode("gb18030") for pair in pairs)
    assert [LADDER.count(char) for char in "·—・―"] == [1, 1, 1, 1]


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("", 0),
        ("甲：你好，世界。", 8),
        ("“您来！”——《报菜名》……", 14),
        ("A\tb\n", 4),
        ("１２ＡＢ，？", 6),
        ("「好」", 3),
        ("說", 3),
        ("𠮷", 4),
        ("🙂", 4),
        ("👨\u200d👩", 11),
        ("\r\n", 2),
        ("\0\x1b\x7f", 3),
        ("\x85", 2),
        ("\u2028", 3),
        ("\ufeff", 3),
        ("<|endoftext|>", 13),
    ],
)
def test_every_text_comes_back(text: str, tokens: int) -> None:
    ids = LADDER.encode(text)
    assert len(ids) == LADDER.count(text) == tokens
    assert LADDER.decode(ids) == text
    assert max(ids, default=0) < LADDER.end


def test_a_rare_character_is_its_utf8_bytes() -> None:
    assert LADDER.encode("A說") == [A, *"說".encode()]
    assert LADDER.decode([ord("A"), *"好".encode()]) == "A好"


def test_a_lone_surrogate_is_no_text_and_no_error() -> None:
    ids = LADDER.encode("A\ud800A")
    assert ids == [A, 0xED, 0xA0, 0x80, A]
    assert LADDER.decode(ids) == "A\ufffd\ufffd\ufffdA"


def test_specials_say_nothing() -> None:
    ids = [LADDER.end, *LADDER.encode("你好"), LADDER.special("<|end|>"), A, LADDER.end]
    assert LADDER.decode(ids) == "你好A"


@pytest.mark.parametrize(
    ("ids", "text"),
    [
        ([0xE8], "\ufffd"),
        ([0xE8, A], "\ufffdA"),
        ([0xAF, 0xB4], "\ufffd\ufffd"),
        ([0xE8, LADDER.end, 0xAF, 0xB4], "\ufffd\ufffd\ufffd"),
        ([0xE8, 0xAF, *"说".encode()], "\ufffd说"),
    ],
)
def test_broken_bytes_are_replaced(ids: list[int], text: str) -> None:
    assert LADDER.decode(ids) == text


@pytest.mark.parametrize("number", [-1, LADDER.size])
def test_a_number_that_is_no_id_is_refused(number: int) -> None:
    for use in (LADDER.token, lambda n: LADDER.decode([n]), Decoder().push):
        with pytest.raises(KeyError):
            use(number)


def test_only_specials_are_special() -> None:
    assert [LADDER.special(name) for name in SPECIALS] == list(range(4298, 4304))
    for name in ("A", "end", "bytes:\\x00"):
        with pytest.raises(KeyError):
            LADDER.special(name)


@pytest.mark.parametrize(
    ("shown", "number"),
    [
        ("A", A),
        ("座", 4295),
        ("\n", 352),
        ("\r", 13),
        ("bytes:\\x41", 0x41),
        ("<|end|>", 4302),
        ("", None),
        ("AB", None),
        ("說", None),
        ("\ud800", None),
        ("bytes:\\xe4\\xbd", None),
        ("<|nothing|>", None),
    ],
)
def test_the_token_that_is_shown_so(shown: str, number: int | None) -> None:
    assert LADDER.id_of(shown) == number


def test_every_token_is_found_as_it_is_shown() -> None:
    assert [LADDER.id_of(LADDER.token(n)) for n in range(LADDER.size)] == list(range(LADDER.size))


def test_a_character_is_shown_when_its_last_byte_comes() -> None:
    decoder = Decoder()
    pieces = [decoder.push(number) for number in LADDER.encode("你說")]
    assert pieces == ["你", "", "", "說"]
    assert not decoder.finish()


def test_what_cannot_become_a_character_is_shown_before_what_follows() -> None:
    decoder = Decoder()
    ids = [0xE8, *LADDER.encode("好"), 0xE8, LADDER.end, 0xF0, 0x9F]
    assert [decoder.push(number) for number in ids] == ["", "\ufffd好", "", "\ufffd", "", ""]
    assert (decoder.finish(), decoder.finish()) == ("\ufffd", "")


@pytest.mark.real_data
def test_nearly_every_real_character_is_one_token() -> None:
    data = study_data(c3_folder())
    text = "".join(line.text for script in data.train for line in script.lines)
    han = [char for char in text if is_han(char)]
    assert sum(LADDER.count(char) == 1 for char in han) >= 0.99 * len(han)
    assert LADDER.decode(LADDER.encode(text)) == text
