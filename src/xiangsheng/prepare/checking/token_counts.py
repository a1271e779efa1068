"""How many tokens rows are, for the model that would learn them, and what of it their limit cuts."""

from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from xiangsheng.core.words import Words
from xiangsheng.prefix.growing import GrowingForest
from xiangsheng.prepare.checking import fixes
from xiangsheng.prepare.checking.counted import counted
from xiangsheng.prepare.checking.finding import MOST_ROWS, Finding, Level, removed
from xiangsheng.prepare.checking.pairs import Pairs
from xiangsheng.prepare.checking.survey import Survey
from xiangsheng.tokens.counting import Counter, described

Sizes: TypeAlias = NDArray[np.int32]
_LOOKED_AT = 200
MOST_HELD = 20_000_000
"""Tokens of the forest that counts distinct ones; each takes four bytes and a little more."""


@dataclass(frozen=True, slots=True)
class Limit:
    """Tokens of one example. `divides`: what is longer is read in parts, and no answer is lost."""

    tokens: int
    divides: bool = False


@dataclass(slots=True)
class TokenCounts:
    """Eight bytes a row. A row's tokens are those of prompt and completion as one text."""

    model: str
    counter: Counter
    limit: Limit | None = None
    prompts: "array[int]" = field(default_factory=lambda: array("i"))
    rows: "array[int]" = field(default_factory=lambda: array("i"))
    forest: GrowingForest | None = field(default_factory=GrowingForest)
    space: float | None = None  # tokens that the space before a completion costs, in the first rows

    def observe(self, pairs: Pairs) -> None:
        if self.space is None and len(pairs):
            self.space = self._space_of(pairs.completions[:_LOOKED_AT])
        self.prompts.extend(self.counter.counts(pairs.prompts))
        texts = list(map(str.__add__, pairs.prompts, pairs.completions))
        if self.forest is None or not self.counter.exact:
            self.rows.extend(self.counter.counts(texts))
            return
        forest = self.forest
        added = (forest.add(kept, pieces) for kept, pieces in self.counter.pieces(texts))
        self.rows.extend(one.tokens for one in added)
        if forest.distinct > MOST_HELD:
            self.forest = None

    def _space_of(self, completions: Sequence[str]) -> float:
        with_space, without = (
            sum(self.counter.counts(texts))
            for texts in (completions, [text.removeprefix(" ") for text in completions])
        )
        return (with_space - without) / len(completions)

    @property
    def sizes(self) -> tuple[Sizes, Sizes]:
        """Of prompts, and of completions."""
        prompts, rows = (np.frombuffer(a, dtype=np.int32) for a in (self.prompts, self.rows))
        return prompts, np.maximum(rows - prompts, 0)

    def document(self) -> dict[str, Any]:
        """`distinct`: in one forest over all rows; null where that is not known."""
        prompts, completions = self.sizes
        rows = prompts + completions
        middle, most = np.percentile(rows, (50, 95)).tolist() if len(rows) else (0, 0)
        exact = self.counter.exact
        return {
            "model": self.model,
            "counter": self.counter.name,
            "exact": exact,
            "error": self.counter.error,
            "prompt": int(prompts.sum(dtype=np.int64)),
            "completion": int(completions.sum(dtype=np.int64)),
            "distinct": self.forest.distinct if self.forest and exact else None,
            "mean": round(float(rows.mean()), 1) if len(rows) else 0.0,
            "median": round(middle),
            "percentile_95": round(most),
            "longest": int(rows.max(initial=0)),
            "limit": self.limit.tokens if self.limit else None,
            "over_limit": int((rows > self.limit.tokens).sum()) if self.limit else None,
            "completion_cut": int(self._lost().sum()),
        }

    def _lost(self) -> NDArray[np.bool_]:
        """Rows of which the limit leaves nothing to learn."""
        prompts, _ = self.sizes
        if self.limit is None or self.limit.divides:
            return np.zeros(len(prompts), dtype=bool)
        return np.asarray(prompts >= self.limit.tokens)

    def findings(self, survey: Survey) -> Iterator[Finding]:
        yield self._told()
        if self.limit is None:
            return
        prompts, completions = self.sizes
        lost = self._lost()
        over = (prompts + completions > self.limit.tokens) & ~lost
        lines = np.frombuffer(survey.lines, dtype=np.int64)
        if count := int(over.sum()):
            yield Finding(
                "over_limit",
                Level.INFO,
                self._over(count),
                "",
                count,
                tuple(lines[np.flatnonzero(over)[:MOST_ROWS]].tolist()),
            )
        if count := int(lost.sum()):
            places = np.flatnonzero(lost)
            yield Finding(
                "completion_cut",
                Level.OPTIONAL,
                Words(
                    f"{count:,} 行光是提示就有 {self.limit.tokens:,} 个词元以上，答案全被截掉",
                    f"{counted(count, 'prompt alone has', 'prompts alone have')} "
                    f"{self.limit.tokens:,} tokens or more: the whole completion would be cut",
                ),
                "completion",
                count,
                tuple(lines[places[:MOST_ROWS]].tolist()),
                does=removed(count),
                fix=fixes.Drop("completion_cut", frozenset(places.tolist())),
            )

    def _over(self, count: int) -> Words:
        assert self.limit
        most = f"{self.limit.tokens:,}"
        rows = counted(count, "row is", "rows are")
        if self.limit.divides:
            return Words(
                f"{count:,} 行超过 {most} 个词元：提示略去最早的台词，长答案分段读，不丢答案",
                f"{rows} longer than {most} tokens: prompts lose their oldest lines and long "
                "completions are read in parts; no answer is lost",
            )
        return Words(
            f"{count:,} 行超过 {most} 个词元：答案的末尾会被截掉",
            f"{rows} longer than {most} tokens: the end of the completion would be cut",
        )

    def _told(self) -> Finding:
        of = self.document()
        how = described(self.counter)
        return Finding(
            "tokens",
            Level.INFO,
            Words(
                f"{self.model}：提示 {of['prompt']:,}、答案 {of['completion']:,} 个词元，{how.zh}；"
                f"每行平均 {of['mean']:,}，中位 {of['median']:,}，"
                f"95% 不超过 {of['percentile_95']:,}，最长 {of['longest']:,}",
                f"{self.model}: {of['prompt']:,} tokens in prompts and {of['completion']:,} in "
                f"completions, {how.en}; a row has {of['mean']:,} on average, {of['median']:,} in "
                f"the middle, {of['percentile_95']:,} at 95 %, {of['longest']:,} at most",
            ),
        )
