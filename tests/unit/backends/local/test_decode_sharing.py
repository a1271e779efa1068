"""What prompts share is read once, rows stop one by one, and the token budget holds."""

from collections.abc import Sequence
from random import Random
from time import perf_counter

import pytest

from tiny_networks import NEVER_ENDS, TOKENIZER, Counting, answers, local, shape, tiny
from xiangsheng.backends.local.decode import engine as engines
from xiangsheng.backends.local.decode.engine import Engine
from xiangsheng.backends.local.decode.limits import KEYS, Limits, first_shelf
from xiangsheng.backends.local.decode.reading import Trunk, Wanted, read
from xiangsheng.backends.local.generate import LocalGenerator
from xiangsheng.backends.local.ladder import RUNGS
from xiangsheng.backends.local.network import Network
from xiangsheng.core.generation import Outcome, Prompt, Request, Sampling
from xiangsheng.prefix.forest import Forest

LINES = [f"{turn % 2}: 第{turn}句，说得不长\n" for turn in range(20)]
NESTED = ["".join(LINES[:turn]) + f"{turn % 2}:" for turn in range(1, 20)]
BUDGET = Limits(rows=16, cells=first_shelf(16) + 3 * 512)
PLENTY = Limits(rows=128, cells=60_000)


def requests(prompts: Sequence[str], sampling: Sampling) -> list[Request]:
    return [Request(f"{at}", Prompt(text), sampling) for at, text in enumerate(prompts)]


@pytest.mark.parametrize("order", [1, -1])
def test_nested_prompts_are_read_once(order: int) -> None:
    network = Counting(shape(context=512))
    asked = requests(NESTED[::order], Sampling(max_tokens=2))
    answers(local(network, Limits(64, 30_000)), asked)
    distinct = TOKENIZER.count(NESTED[-1]) + 1
    assert network.read == [(1, distinct)]
    assert distinct < sum(TOKENIZER.count(text) for text in NESTED) / 9


def test_samples_of_a_request_share_its_prompt() -> None:
    network = Counting(shape(context=512))
    answers(local(network), requests(NESTED[5:6], Sampling(n=20, max_tokens=2)))
    assert network.read == [(1, TOKENIZER.count(NESTED[5]) + 1)]


def test_where_prompts_part_only_what_is_their_own_is_read_again() -> None:
    network = Counting(shape(context=512))
    ends = ["好", "不好", "再说一段" * 2]
    answers(
        local(network, Limits(64, 30_000)),
        requests([NESTED[3] + end for end in ends], Sampling(max_tokens=1)),
    )
    assert network.read == [(1, TOKENIZER.count(NESTED[3]) + 1), (3, 8)]


def test_rows_stop_one_by_one() -> None:
    network = Counting(shape(context=512))
    asked = [
        Request(f"{at}", Prompt(NESTED[0]), Sampling(max_tokens=most, logit_bias=NEVER_ENDS))
        for at, most in enumerate((1, 2, 2, 5, 70))
    ]
    found = answers(local(network), asked)
    assert [found[one.item].usage.completion_tokens for one in asked] == [1, 2, 2, 5, 70]
    # The first token of each is drawn from what was read; then every step is one more.
    assert network.steps == [4] + [2] * 3 + [1] * 65


class Weighed(Engine):
    """Knows the most cells that were ever held, between any two steps and after any reading."""

    def __init__(self, network: Network, limits: Limits) -> None:
        super().__init__("local:tiny", network, TOKENIZER, perf_counter, limits)
        self.most = 0
        self.together = 0

    def weigh(self, joining: int = 0) -> None:
        self.most = max(self.most, self._batch.cells + joining)
        self.together = max(self.together, len(self._batch.rows))

    def _step(self) -> None:
        self.weigh()
        super()._step()
        self.weigh()


def weighed(
    limits: Limits, asked: Sequence[Request], monkeypatch: pytest.MonkeyPatch
) -> tuple[Weighed, dict[str, Outcome]]:
    engine = Weighed(tiny(context=256, loud=True).double(), limits)

    def reading(network: Network, forest: Forest, wanted: Wanted) -> list[Trunk]:
        trunks = read(network, forest, wanted)
        engine.weigh(sum({trunk: trunk.length for trunk in trunks}.values()))
        return trunks

    monkeypatch.setattr(engines, "read", reading)
    return engine, answers(LocalGenerator(engine.name, engine, "0" * 64), asked)


def prompts_of(kind: str) -> list[str]:
    """Prompts of all lengths; some begin others, some part late, some have nothing in common."""
    random = Random(0)
    if kind == "part late":
        return [NESTED[11][:at] + f"熹{at}" for at in range(100, 80, -1)]
    prompts = [NESTED[at][: random.randrange(110)] for at in random.sample(range(19), 12)]
    prompts += [f"{random.choice(prompts)}熹{at}" for at in range(8)]
    prompts += [f"{at}{'别的话' * random.randrange(20)}" for at in range(8)]
    return sorted(prompts) if kind == "sorted" else random.sample(prompts, len(prompts))


@pytest.mark.parametrize("kind", ["sorted", "shuffled", "part late"])
@pytest.mark.parametrize(
    "sampling",
    [
        Sampling(temperature=0, max_tokens=150, logit_bias=NEVER_ENDS),
        Sampling(temperature=0, max_tokens=30, n=3),
        Sampling(temperature=0, max_tokens=70, n=2, echo=True),
    ],
    ids=["long", "short", "echo"],
)
def test_the_budget_holds_and_everything_is_answered_all_the_same(
    sampling: Sampling, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = requests(prompts_of(kind), sampling)
    tight, found = weighed(BUDGET, asked, monkeypatch)
    assert tight.most <= BUDGET.cells
    assert tight.together > 1
    loose, expected = weighed(PLENTY, asked, monkeypatch)
    assert loose.most > BUDGET.cells
    assert {key: one.completions for key, one in found.items()} == {
        key: one.completions for key, one in expected.items()
    }


@pytest.mark.parametrize("available", [None, 1 << 33, 1 << 28, 1 << 20])
@pytest.mark.parametrize("name", RUNGS)
def test_limits_fit_into_memory_and_a_whole_context_fits_into_them(
    name: str, available: int | None
) -> None:
    rung = RUNGS[name].shape(TOKENIZER.size)
    limits = Limits.of(rung, available)
    least = 4 * rung.context + first_shelf(limits.rows)
    assert limits.cells >= least
    assert 1 <= limits.rows <= Limits().rows
    room = min(KEYS, KEYS if available is None else available // 2)
    assert limits.cells == least or limits.cells * 8 * rung.layers * rung.width <= room
