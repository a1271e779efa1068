"""Whose prompt cache keeps beginnings how finely."""

import pytest

from xiangsheng.prefix.caching import Granularity
from xiangsheng.pricing.caching import granularity_of


@pytest.mark.parametrize(
    "model",
    ["gpt-4o", "ft:gpt-4o-mini-2024-07-18:org::id", "gpt-4.1", "gpt-5", "gpt-5.5", "o3-mini"],
)
def test_openai_models_before_gpt_5_6_find_steps_of_128(model: str) -> None:
    assert granularity_of(f"openai:{model}") == Granularity(1024, 128)


@pytest.mark.parametrize(
    "model",
    [
        *("openai:davinci", "openai:gpt-3.5-turbo", "openai:gpt-4-turbo", "openai:gpt-4"),
        *("openai:gpt-5.6-sol", "openai:gpt-6", "openai:gpt-5.10"),
        *("davinci", "local:ada", "zhipu:glm-4.6", "moonshot:kimi-k3", "fake:echo"),
    ],
)
def test_of_others_there_is_no_cache_or_nothing_is_known(model: str) -> None:
    assert granularity_of(model) is None


def test_deepseek_and_alibaba_say_theirs() -> None:
    assert granularity_of("deepseek:deepseek-chat") == Granularity(64, 64)
    assert granularity_of("dashscope:qwen-max") == Granularity(1024, 1)
