"""Small files drawn by a seed, of which many checks have something to say at once.

What the old tool is known to get wrong is kept out: long rows beside rows that go, one label
alone, one row alone, capitals among Chinese.
"""

from random import Random

from parity.case import Case, Pair, array, jsonl, table

STEMS = ("oak", "Elm", "ASH", "fir tree", "ÉLAN", "ёлка", "7", "it -> is", "a.b", "END", "x\ny")
CHINESE = ("您好", "说相声", "哪儿的话", "＄＄", "（笑）", "咱们俩", "八百标兵")
PROMPT_STARTS = ("", "", "", "Q: ", "0123456789: ", "Please answer this: ", "\n", "问：")
PROMPT_ENDS = ("", "", " ->", "\n\n###\n\n", "?", "\n=>", " and so what? ->")
STARTS = (" ", " ", "", " Ans: ", "Reply: ", " abc", "\t")
ENDS = ("", "", "\n", ".", " END", "\n\n", " and that is all.")


def rows_of(random: Random) -> list[Pair]:
    chinese = random.random() < 0.3
    stems = CHINESE if chinese else STEMS
    start, end = random.choice(PROMPT_STARTS), random.choice(PROMPT_ENDS)
    before, after = random.choice(STARTS), random.choice(ENDS)
    if chinese:
        start, before, after = start.lower(), before.lower(), after.lower()
    open_ended, labels = random.random() < 0.15, random.choice((0, 0, 2, 3, 5))

    def text() -> str:
        return " ".join(random.choices(stems, k=random.randint(1, 3))) + str(random.randrange(1000))

    rows = []
    for number in range(random.randint(2, 40)):
        label = f"{stems[number % labels]}{number % labels}" if labels else text()
        prompt = "" if open_ended else f"{start}{text()}{number}{random.choice('xyz')}{end}"
        rows.append((prompt, f"{before}{label}{after}"))
    if random.random() < 0.3:
        rows += random.choices(rows, k=random.randint(1, 4))
    elif random.random() < 0.15:
        rows[0] = (rows[0][0] + "m" * 10_000 + end, rows[0][1])
        return rows
    for _ in range(random.choice((0, 0, 0, 1, 3))):
        rows.insert(random.randrange(len(rows)), (text(), ""))
    if random.random() < 0.1:
        rows[-1] = ("", rows[-1][1])
    return rows


def content_of(random: Random, rows: list[Pair]) -> tuple[str, bytes]:
    kind = random.choice(("jsonl", "jsonl", "jsonl", "json", "csv", "tsv"))
    if kind == "json":
        return "data.jsonl", array(rows)
    if kind == "jsonl":
        return "data.jsonl", jsonl(rows)
    return f"data.{kind}", table(rows, "\t" if kind == "tsv" else ",")


def drawn(count: int, seed: int) -> list[Case]:
    """`count` cases; nothing is expected of them but that both tools agree."""
    random, cases = Random(seed), list[Case]()
    while len(cases) < count:
        rows = rows_of(random)
        if len({completion for _, completion in rows if completion}) < 2:
            continue
        file, content = content_of(random, rows)
        cases.append(Case(f"drawn {len(cases)}", file, content, "", ""))
    return cases
