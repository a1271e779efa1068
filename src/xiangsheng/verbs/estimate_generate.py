"""What asking prompts would cost."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from xiangsheng.core.errors import DataError, UsageError
from xiangsheng.core.estimate import Estimate, Estimated
from xiangsheng.core.price import UnknownPrice
from xiangsheng.files.decoding import decode
from xiangsheng.files.json_rows import parse_rows
from xiangsheng.files.text import read_file
from xiangsheng.pricing.counted import Asked, CountedPrompts, count_prompts
from xiangsheng.pricing.estimating import Asking, estimate_prompts
from xiangsheng.verbs.estimating import Wanted, counter_of, each


def asked_prompts(
    source: Path | None,
    prompts: Sequence[str],
    *,
    most: int,
    copies: int = 1,
    likely: int | None = None,
) -> Asked:
    r"""From a JSONL file, a text file that is one prompt, and prompts given, in which `\n` is a line
    break. A row is `{"prompt": …}` or `{"messages": […]}`; a completion, or an assistant's last
    message, says how long the answer will be likely.

    Raises UsageError for nothing to ask, DataError with file and line for a row that is neither.
    """
    rows = list(_rows(source)) if source else []
    rows += [(prompt.replace("\\n", "\n"), None) for prompt in prompts]
    if not rows:
        raise UsageError(
            "there is nothing to ask",
            hint="name a file of prompts, or give them with --prompt",
            code="estimate",
        )
    answers = [answer for _, answer in rows if answer is not None]
    known = likely is None and len(answers) == len(rows)
    return Asked(
        prompts=tuple(prompt for prompt, _ in rows),
        most=most,
        copies=copies,
        answers=tuple(answers) if known else (),
        likely=likely,
    )


def estimate_generate(asked: Asked, wanted: Wanted) -> Estimated:
    counts: dict[str, CountedPrompts] = {}

    def make(asking: Asking) -> Estimate | UnknownPrice:
        counter = counter_of(asking)
        if counter.name not in counts:
            counts[counter.name] = count_prompts(counter, asked)
        return estimate_prompts(asking, counter, counts[counter.name], asked)

    return each(wanted, make)


def _rows(source: Path) -> Sequence[tuple[str, str | None]]:
    text = decode(read_file(source), str(source)).text
    if source.suffix.lower() not in {".jsonl", ".json"}:
        return [(text, None)]
    return [_row(row, f"{source}:{line}") for line, row in parse_rows(text, str(source))]


def _row(row: dict[str, Any], where: str) -> tuple[str, str | None]:
    prompt, completion, messages = (row.get(key) for key in ("prompt", "completion", "messages"))
    if isinstance(prompt, str) and (completion is None or isinstance(completion, str)):
        return prompt, completion or None
    if isinstance(messages, list) and messages and all(_is_message(one) for one in messages):
        answered = messages[-1]["role"] == "assistant"
        before = messages[:-1] if answered else messages
        text = "\n".join(one["content"] for one in before)
        return text, messages[-1]["content"] if answered else None
    raise DataError(
        f"a row with {', '.join(sorted(map(str, row))) or 'nothing'} is no prompt",
        where=where,
        hint='write {"prompt": "…"} or {"messages": [{"role": "user", "content": "…"}]}',
        code="row",
    )


def _is_message(one: Any) -> bool:
    return isinstance(one, dict) and all(isinstance(one.get(k), str) for k in ("role", "content"))
