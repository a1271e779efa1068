"""What mended rows came out as."""

from array import array
from dataclasses import dataclass, field

from xiangsheng.prepare.checking.affixes import CommonSuffix
from xiangsheng.prepare.checking.pairs import Pairs
from xiangsheng.prepare.checking.survey import Task, task_of


@dataclass(slots=True)
class Result:
    """Rows as written: `changed` is how many records of changes there are."""

    rows: int = 0
    changed: int = 0
    prompt_characters: int = 0
    prompt_suffix: CommonSuffix = field(default_factory=CommonSuffix)
    completion_suffix: CommonSuffix = field(default_factory=CommonSuffix)
    completion_hashes: "array[int]" = field(default_factory=lambda: array("q"))

    def observe(self, pairs: Pairs) -> None:
        self.rows += len(pairs)
        self.prompt_characters += sum(map(len, pairs.prompts))
        self.prompt_suffix.observe(pairs.prompts)
        self.completion_suffix.observe(pairs.completions)
        self.completion_hashes.extend(map(hash, pairs.completions))

    def absorb(self, later: "Result") -> None:
        self.rows += later.rows
        self.changed += later.changed
        self.prompt_characters += later.prompt_characters
        self.prompt_suffix.absorb(later.prompt_suffix)
        self.completion_suffix.absorb(later.completion_suffix)
        self.completion_hashes.extend(later.completion_hashes)

    @property
    def task(self) -> Task:
        return task_of(self.rows, self.prompt_characters, self.completion_hashes)
