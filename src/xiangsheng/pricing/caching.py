"""How finely each provider's prompt cache keeps beginnings, where its pages say so.

OpenAI: prompts of 1,024 tokens or more, hits in steps of 128 tokens, for models from gpt-4o to before
GPT-5.6, whose cache works and costs differently (developers.openai.com/cookbook/examples/prompt_caching_201, read
2026-11; the guide says that for some models the least is up to 2,048). Earlier models have no cache.

DeepSeek: «The cache system uses 64 tokens as a storage unit; content less than 64 tokens will not be
cached» (api-docs.deepseek.com/news/news0802, 2024-08-02). Its guide of 2026 says that whole requests and
beginnings common to several are kept, and gives no number.

Alibaba: a least of 1,024 tokens for what is cached by itself (help.aliyun.com/model-studio/context-cache, 2026-10;
256 in 2026-03); no step is given, so 1 is the most that it could save.

Zhipu caches by itself and gives no number; Moonshot charges for writing to its cache.
"""

import re

from xiangsheng.prefix.caching import Granularity

_OPENAI = re.compile(
    r"(?:ft:)?(?:(?:chatgpt-|gpt-)(?:4o|4\.\d|5(?!\.(?:[6-9]|\d\d)))|o\d|gpt-oss).*"
)


def granularity_of(model: str) -> Granularity | None:
    """By a model's full name; None where there is no cache, or nothing is known of it."""
    family, _, rest = model.partition(":")
    if family == "openai" and _OPENAI.fullmatch(rest):
        return Granularity(1024, 128)
    return {"deepseek": Granularity(64, 64), "dashscope": Granularity(1024, 1)}.get(family)
