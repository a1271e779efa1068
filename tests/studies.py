"""Studies made by hand, for whatever shows results. Every line here was invented for this file."""

from dataclasses import replace
from decimal import Decimal

from xiangsheng.core.generation import OutcomeKind, Sampling
from xiangsheng.core.money import Money
from xiangsheng.core.rendering import Rendering
from xiangsheng.core.results import (
    Copied,
    CopiedBy,
    CopiedSpan,
    CorpusSummary,
    Published,
    PublishedRow,
    Sample,
    Source,
    SpendingLine,
    Study,
    SystemResult,
    TaskResult,
    Tuning,
)
from xiangsheng.core.score import Score, Signature
from xiangsheng.core.words import Words

BASE, TUNED = "local:ada", "local:ada:ft-shenyang-20261123T081500-7c1f"
HOSTILE = "</script><script>alert('x')</script>\"'&amp;\u202e倒着\u202c|`*_\x00\ud800" + "长" * 400

_LEVELS = {
    "bleu_1": (11.42, 13.87, 0.9),
    "bleu_2": (4.61, 6.05, 0.6),
    "bleu_3": (2.08, 3.02, 0.45),
    "bleu_4": (1.02, 1.63, 0.35),
    "gleu": (2.94, 3.77, 0.4),
    "rouge_1": (16.20, 19.46, 1.1),
    "rouge_2": (2.11, 2.58, 0.5),
    "rouge_l": (14.63, 17.31, 1.0),
    "distinct_1": (4.31, 5.92, 0.3),
    "distinct_2": (24.17, 22.48, 1.2),
}
_RATES = {
    "empty": (3.16, 0.42, 0.4),
    "truncated": (12.84, 2.21, 1.9),
    "loop": (21.47, 6.32, 2.6),
    "role_drift": (9.05, 1.16, 0.8),
}


def score(value: float, half: float | None, *, scripts: int = 50, **fields: str) -> Score:
    recipe = {"tok": "char", "missing": "zero", "ci": "bootstrap-script-1000", "v": "0.1.0"}
    signature = Signature(tuple((recipe | fields).items()))
    ci95 = None if half is None else (value - half, value + half * 1.08)
    return Score(value, ci95, signature, n=scripts * 19, units=scripts)


def system(name: str, scripts: int = 50) -> SystemResult:
    column = 1 if name == "tuned" else 0
    scores = {
        key: score(found[column], found[2], scripts=scripts, name=key)
        for key, found in (_LEVELS | _RATES).items()
    }
    for key in ("rouge_1", "rouge_2", "rouge_l"):
        lowered, half = _LEVELS[key][column] * (0.996 if column else 0.968), _LEVELS[key][2]
        scores[key] = score(_LEVELS[key][column], half, scripts=scripts, name=key, missing="drop")
        scores[f"{key}_zero"] = score(lowered, half, scripts=scripts, name=f"{key}_zero")
    for size in range(1, 11):
        share = 100 * (1 - 0.985 ** (size**2.2)) * (0.93 if column else 1)
        scores[f"novelty_{size}"] = score(share, 1.4, scripts=scripts, name=f"novelty_{size}")
    empty, cut = (4, 21) if column else (30, 122)
    return SystemResult(
        name,
        TUNED if column else BASE,
        {
            OutcomeKind.OK: 950 - empty - cut,
            OutcomeKind.EMPTY: empty,
            OutcomeKind.TRUNCATED: cut,
        },
        scores,
    )


def task(scripts: int = 50, name: str = "next-line") -> TaskResult:
    differences = {
        key: score(tuned - base, half * 0.9, scripts=scripts, name=key, paired="script")
        for key, (base, tuned, half) in (_LEVELS | _RATES).items()
    }
    for key in ("rouge_1", "rouge_2", "rouge_l"):
        zero, (base, tuned, half) = f"{key}_zero", _LEVELS[key]
        differences[zero] = score(0.996 * tuned - 0.968 * base, half, scripts=scripts, name=zero)
    return TaskResult(
        name,
        Sampling(temperature=0.5, max_tokens=64, frequency_penalty=0.5, stop=("\n",), seed=7),
        items=scripts * 19,
        scripts=scripts,
        systems=(system("base", scripts), system("tuned", scripts)),
        differences=differences,
    )


SAMPLES = (
    Sample(
        "next-line",
        "s-017:6",
        "修雨伞",
        (
            ("0", "今儿天气不错。"),
            ("1", "您没看外头，正下雨呢。"),
            ("0", "所以我说不错，我是修雨伞的。"),
            ("1", "噢，您盼着下雨。"),
            ("0", "也不能老下，老下人家就不出门了。"),
            ("1", "那您想怎么下？"),
            ("0", "我想让它下一阵，停一阵，停的时候都站在我门口。"),
        ),
        "您这是修雨伞啊，还是管天气啊？",
        {"base": "好。好。好。好。好。好。好。好。", "tuned": "合着老天爷给您当伙计！"},
    ),
    Sample(
        "next-line",
        "s-031:2",
        "学外语",
        (("0", "我最近学了一门外语。"), ("1", "哪国话？"), ("0", "天津话。")),
        "那也算外语呀！",
        {"base": "", "tuned": "您出了哪门子国？"},
    ),
    Sample(
        "last-ten",
        "s-044",
        "",
        (("0", "您猜我昨天见着谁了？"), ("1", "见着谁了？")),
        "0: 见着我自己了。\n1: 照镜子呀！",
        {
            "base": "0: 谁？\n1: 谁？\n2: 我也想问。",
            "tuned": "0: 见着您家的房东了。\n1: 他说什么？\n0: 他说下月涨租。\n1: 您就当没见着！",
        },
    ),
)


def real_lines(scripts: int = 50) -> TaskResult:
    """Perplexities; one script was too long for the base."""
    values = {"base": score(301.2, 21.0), "tuned": score(74.9, 4.7)}
    found = (
        SystemResult(
            name,
            BASE if name == "base" else TUNED,
            {OutcomeKind.OK: scripts - missing} | ({OutcomeKind.ERROR: missing} if missing else {}),
            {"perplexity": replace(values[name], n=scripts - missing, units=scripts - missing)},
        )
        for name, missing in (("base", 1), ("tuned", 0))
    )
    return TaskResult(
        "real-lines",
        Sampling(max_tokens=0, echo=True, logprobs=0),
        items=scripts,
        scripts=scripts,
        systems=tuple(found),
        differences={"perplexity": replace(score(-226.3, 17.1, paired="script"), n=scripts - 1)},
    )


def copied() -> Copied:
    """One span of the tuned model twice, from many scripts; one across lines; one of real lines."""
    everywhere = tuple(Source(f"t-{number:03}", number, number) for number in range(1, 8))
    return Copied(
        10,
        (
            CopiedBy("base", 9_310, 0, 0, 7),
            CopiedBy("tuned", 12_045, 43, 3, 17),
            CopiedBy("real", 15_222, 10, 1, 10),
        ),
        (
            CopiedSpan(
                "tuned",
                "next-line/s-017/06",
                "我让它下一阵，停一阵。\n您这是管天气啊",
                17,
                1,
                (Source("t-012", 8, 9),),
            ),
            CopiedSpan("tuned", "last-ten/s-044", "今儿咱们说说修雨伞这一行", 12, 2, everywhere),
            CopiedSpan(
                "real",
                "next-line/s-002/01",
                "各位好，我先鞠躬三下",
                10,
                1,
                (Source("t-001", 1, 1),),
            ),
        ),
    )


def full() -> Study:
    """Both systems on fifty scripts, with everything a report can show."""
    curve = tuple((step, 1.9 + 2.6 / (1 + step / 40) ** 0.8) for step in range(0, 640, 10))
    last_ten = replace(
        task(name="last-ten"),
        items=50,
        sampling=Sampling(temperature=0.5, max_tokens=384),
        systems=tuple(
            replace(
                found,
                outcomes={OutcomeKind.OK: 41, OutcomeKind.TRUNCATED: 8, OutcomeKind.REFUSED: 1},
            )
            for found in task().systems
        ),
        differences={**task().differences, "gleu": score(0.31, 0.62, paired="script")},
    )
    return Study(
        run="r-3f9a1c",
        recipe="exp2",
        created_at="2026-11-23T08:15:00Z",
        finished_at="2026-11-23T09:02:41Z",
        corpora=(
            CorpusSummary("training", "bundled", 318, 21_480, 402_117, 2_941),
            CorpusSummary("test", "bundled", 50, 1_000, 18_223, 1_507),
        ),
        rendering=Rendering(),
        tasks=(task(), last_ten),
        samples=SAMPLES,
        published=_published(),
        spent=(
            SpendingLine(
                Words("local:ada", "local:ada"),
                Money(Decimal(0)),
                Words("在本机运行", "runs on this machine"),
            ),
        ),
        would_have_cost=(
            SpendingLine(
                Words("微调 davinci", "davinci, fine-tuning"),
                Money(Decimal("98.40")),
                Words(
                    "820,000 词元 × 4 轮 × 每千词元 0.03 USD",
                    "820,000 tokens × 4 epochs × 0.03 USD per 1k",
                ),
            ),
            SpendingLine(
                Words("davinci，950 个提示", "davinci, 950 prompts"),
                Money(Decimal("25.38")),
                Words("423,000 词元 × 每千词元 0.06 USD", "423,000 tokens × 0.06 USD per 1k"),
            ),
        ),
        commands=("xiangsheng run exp2 -m local:ada --seed 7", "xiangsheng report r-3f9a1c"),
        environment={
            "xiangsheng": "0.1.0",
            "python": "3.12.7",
            "torch": "2.13.0",
            "platform": "Linux-6.1-x86_64",
            "threads": "2",
        },
        notes=(
            Words(
                "测试集是自编的 50 × 20，不是 C³ 的那一套：与 2022 年的数字不可比。",
                "The test set is our own 50 × 20, not that of C³: not comparable with 2022.",
            ),
            Words(
                "有两个训练剧本和测试集有一行相同。",
                "Two training scripts share a line with the test set.",
            ),
        ),
        tuning=Tuning(
            TUNED,
            BASE,
            1_312.4,
            21_162,
            820_000,
            curve,
            unit="character",
            validation=tuple((step, loss + 0.002 * step**0.8) for step, loss in curve[::8]),
            steps=630,
            tokens=1_640_000,
            settings={"epochs": "2", "learning rate": "0.001", "batch": "64 sequences"},
        ),
        real_lines=real_lines(),
        copied=copied(),
    )


def _published() -> Published:
    """Two rows in the shape of the real ones."""
    keys = tuple(_LEVELS)
    return Published(
        (
            PublishedRow("Older-A", dict.fromkeys(keys, 10.04)),
            PublishedRow("Older-B", dict.fromkeys(keys[:-1], 9.725)),
        ),
        "An invented table (2022)",
    )


def base_only() -> Study:
    """Experiment 1 as it was before perplexity: the base model alone, some metrics not measured."""
    alone = system("base")
    kept = {key: found for key, found in alone.scores.items() if key not in ("bleu_3", "gleu")}
    lone = replace(task(), systems=(replace(alone, scores=kept),), differences={})
    return replace(full(), recipe="exp1", tasks=(lone,), tuning=None, real_lines=None, copied=None)


def few() -> Study:
    """Nine scripts: intervals are rough, one difference lies across zero, one has no interval; a
    training without held-out examples; the tuned model has read no real lines yet.
    """
    small = task(scripts=9)
    differences = {
        **small.differences,
        "gleu": score(0.2, 1.0, scripts=9),
        "rouge_l_zero": score(0.3, None, scripts=9),
        "bleu_4": score(-0.9, 0.2, scripts=9),
    }
    reading = real_lines(9)
    lone = replace(reading, systems=reading.systems[:1], differences={})
    return replace(
        full(),
        tasks=(replace(small, differences=differences),),
        tuning=Tuning(TUNED, BASE, 0.2, 10, 4_000, ((0, 4.2), (1, 2.5), (2, 2.5))),
        real_lines=lone,
    )


def nothing() -> Study:
    """A task that asked nothing, in a study with every list empty."""
    idle = TaskResult("next-line", Sampling(), 0, 0, (SystemResult("base", BASE, {}, {}),))
    return replace(
        full(),
        corpora=(),
        tasks=(idle,),
        samples=(),
        spent=(),
        would_have_cost=(),
        commands=(),
        environment={},
        notes=(),
        tuning=None,
        real_lines=None,
        copied=Copied(10, (), ()),
    )


def hostile() -> Study:
    """Text that tries to leave its place, wherever a study holds text of others."""
    sample = Sample(
        HOSTILE,
        HOSTILE,
        HOSTILE,
        ((HOSTILE, HOSTILE),),
        HOSTILE,
        {HOSTILE: HOSTILE, "tuned": HOSTILE},
    )
    odd = replace(
        task(name=HOSTILE), systems=(replace(system("base"), model=HOSTILE, name=HOSTILE),)
    )
    return replace(
        full(),
        run=HOSTILE,
        recipe=HOSTILE,
        corpora=(CorpusSummary(HOSTILE, HOSTILE, 1, 1, 1, 1),),
        tasks=(odd,),
        samples=(sample,),
        published=Published((PublishedRow(HOSTILE, {"gleu": 1.0}),), HOSTILE),
        spent=(SpendingLine(Words(HOSTILE, HOSTILE), Money(), Words(HOSTILE, HOSTILE)),),
        commands=(HOSTILE,),
        environment={HOSTILE: HOSTILE},
        notes=(Words(HOSTILE, HOSTILE),),
        tuning=Tuning(
            HOSTILE, HOSTILE, 1, 1, 1, ((1, 2.0), (2, 1.0)), HOSTILE, settings={HOSTILE: HOSTILE}
        ),
        real_lines=replace(
            odd, systems=(SystemResult(HOSTILE, HOSTILE, {OutcomeKind.REFUSED: 1}, {}),)
        ),
        copied=Copied(
            10,
            (CopiedBy(HOSTILE, 1, 1, 1, 1),),
            (CopiedSpan(HOSTILE, HOSTILE, HOSTILE, 400, 1, (Source(HOSTILE, 1, 2),)),),
        ),
    )
