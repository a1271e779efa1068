"""Columns and rows: V1 … V8."""

from parity.case import NOTHING, PLAIN, Case, Instead, jsonl, lines, objects, pairs

OK = "V11i V14i"
MORE = [(f"{p[0]} more ->", f" {c[1:]}") for p, c in PLAIN]


def keyed(name: str, keys: tuple[str, str], fires: str, ending: str = "written") -> Case:
    return Case(name, "data.jsonl", jsonl(PLAIN, keys), fires, ending)


def wider(*names: str) -> bytes:
    """The plain pairs, each with further keys."""
    return objects(*({"prompt": p, "completion": c} | dict.fromkeys(names, "x") for p, c in PLAIN))


def two_of(first: str, second: str) -> bytes:
    """Two spellings of one column beside a completion."""
    return objects(*({first: p, second: "x", "completion": c} for p, c in PLAIN))


def long(total: int, character: str = "m") -> tuple[str, str]:
    """A pair of `total` code points."""
    return ("x" + character * (total - 7) + " ->", " e\n")


COLUMNS = [
    keyed("capital columns", ("Prompt", "COMPLETION"), f"V2n V3n {OK}"),
    keyed("capital completion", ("prompt", "Completion"), f"V3n {OK}"),
    keyed("capital prompt", ("PROMPT", "completion"), f"V2n {OK}"),
    keyed("no prompt", ("question", "completion"), "V2f", "fatal"),
    keyed("no completion", ("prompt", "answer"), "V3f", "fatal"),
    keyed("neither column", ("question", "answer"), "V2f", "fatal"),
    keyed("capital prompt, no completion", ("Prompt", "answer"), "V2n V3f", "fatal"),
    keyed("a space in the name", ("prompt ", "completion"), "V2f", "fatal"),
    Case("one extra column", "data.jsonl", wider("id"), f"V4n {OK}", "written"),
    Case("two extra columns", "data.jsonl", wider("id", "idea"), f"V4n {OK}", "written"),
    Case("extra of its name", "data.jsonl", wider("prompts"), f"V4n {OK}", "written"),
    Case("extra of number", "data.jsonl", wider("5"), f"V4n {OK}", "written"),
    Case("extra Chinese", "data.jsonl", wider("来源"), f"V4n {OK}", "written"),
    Case("extra date", "data.jsonl", wider("date", "created_at"), f"V4n {OK}", "written"),
    Case("extra on one row", "data.jsonl",
         jsonl(PLAIN) + objects({"prompt": "z ->", "completion": " z\n", "id": 1}), f"V4n {OK}",
         "written"),
    Case("prompt and Prompt", "data.jsonl", two_of("prompt", "Prompt"), f"V4n {OK}", "written"),
    Case("Prompt and PROMPT", "data.jsonl", two_of("Prompt", "PROMPT"), f"V2n V4n {OK}",
         "written", (13,), Instead(fires=f"V2n V4n {OK}", ending="written", rows=PLAIN)),
]  # fmt: skip

COUNTS = [
    lines("two rows", pairs(2), OK, "kept"),
    lines("99 rows", pairs(99), OK, "kept"),
    lines("100 rows", pairs(100), OK, "kept"),
    lines("100 rows, one empty", [*pairs(99), ("z ->", "")], f"V5n {OK}"),
]

EMPTY = [
    lines("one empty completion", [*PLAIN, ("z ->", "")], f"V5n {OK}"),
    lines("empty first and last", [("z ->", ""), *PLAIN, ("y ->", "")], f"V5n {OK}"),
    lines("empty twice the same", [*PLAIN, ("z ->", ""), ("z ->", "")], f"V5n {OK}"),
    lines("blank is not empty", [*PLAIN, ("z ->", " "), ("y ->", "\n")], "V11i V14o V15o"),
    lines("full-width blank is not empty", [*PLAIN, ("z ->", " \u3000\n")], OK, "kept"),
    lines("an empty prompt", [*PLAIN, ("", " z\n")], "V11o V14i"),
    lines("all empty", [(p, "") for p, _ in PLAIN], "V5n V15o", "written", (14,), NOTHING),
    lines("one is left", [("a ->", " b\n"), ("z ->", "")], "V5n V11f", "fatal", (7,), Instead(fires="V5n", ending="written", rows=[("a ->", " b\n")])),
    lines("prompts alike but the empty", [*(("a ->", f" {c}") for c in "bcd"), ("z ->", "")],
          "V5n V11f", "fatal"),
]  # fmt: skip

TASK = [
    lines("30 rows, 10 labels", [(f"{p}{n} ->", f" {n % 10}") for n, (p, _) in
                                 enumerate(pairs(30))], "V11i V14o"),
    lines("31 rows, 10 labels", [(f"{p}{n} ->", f" {n % 10}") for n, (p, _) in
                                 enumerate(pairs(31))], "V6i V11i", "split"),
    lines("6 rows, 2 labels", [(p, f" {n % 2}") for n, (p, _) in enumerate(pairs(6))],
          "V11i V14o"),
    lines("7 rows, 2 labels", [(p, f" {n % 2}") for n, (p, _) in enumerate(pairs(7))],
          "V6i V11i", "split"),
    lines("labels without prompts", [("", f" {n % 2}\n") for n in range(9)], "V7o"),
    lines("classes, all prompts alike", [("a ->", f" {n % 2}") for n in range(9)], "V6i V7o V11f",
          "fatal"),
    lines("an empty makes it classes", [*((p, f" {n % 2}") for n, (p, _) in enumerate(pairs(7))),
                                        ("z ->", "")], "V5n V6i V11i", "split"),
    lines("one label", [(p, " yes") for p, _ in pairs(4)], "V6i V11i", "split", (10,),
          Instead(ending="fatal")),
    lines("one label, ten rows", [(p, " yes") for p, _ in pairs(10)], "V6i V11i", "split", (10,),
          Instead(ending="fatal")),
]  # fmt: skip

TWICE = [
    lines("one duplicate", [*PLAIN, PLAIN[1]], f"V7o {OK}"),
    lines("a duplicate thrice", [PLAIN[2], *PLAIN, PLAIN[2]], f"V7o {OK}"),
    lines("several duplicates", [*PLAIN, *PLAIN[::-1]], f"V7o {OK}"),
    lines("duplicates after empties", [("z ->", ""), *PLAIN, ("y ->", ""), PLAIN[0]],
          f"V5n V7o {OK}"),
    lines("prompts twice", [*PLAIN, ("a0k ->", " z\n")], OK, "kept"),
    lines("completions twice", [*PLAIN, ("z ->", PLAIN[0][1])], OK, "kept"),
    lines("duplicates but for the case", [*PLAIN, (PLAIN[0][0].upper(), PLAIN[0][1])], OK, "kept"),
    lines("duplicates but for a space", [*PLAIN, (" " + PLAIN[0][0], PLAIN[0][1])], OK, "kept"),
    lines("NFC and NFD", [*PLAIN, ("é ->", " é\n"), ("e\u0301 ->", " é\n")], OK, "kept"),
    lines("two alike", [("a ->", " b\n")] * 2, "V7o V11f", "fatal"),
    lines("duplicates without prompts", [("", " b\n"), ("", " c\n"), ("", " b\n")], "V7o"),
    lines("classes by duplicates", [(p, f" {n % 2}\n") for n, (p, _) in enumerate(pairs(4))] * 2,
          "V6i V7o V11i"),
]  # fmt: skip

LONG = [
    lines("10,000 characters", [*PLAIN, long(10_000)], OK, "kept"),
    lines("10,001 characters", [*PLAIN, long(10_001)], f"V8o {OK}"),
    lines("10,000 Chinese characters", [*PLAIN, long(10_000, "说")], OK, "kept"),
    lines("10,000 astral characters", [*PLAIN, long(10_000, "😀")], OK, "kept"),
    lines("10,001 astral characters", [*PLAIN, long(10_001, "😀")], f"V8o {OK}"),
    lines("long first", [long(10_001), *PLAIN, long(10_050)], f"V8o {OK}"),
    lines("long without prompts", [("", " b\n"), ("", f" {'c' * 10_001}\n")], "", "kept"),
    lines("long completion", [*PLAIN, ("z ->", f" {'m' * 10_000}\n")], f"V8o {OK}"),
    lines("long in classes", [*((p, f" {n % 2}\n") for n, (p, _) in enumerate(pairs(9))),
                              ("x" * 9_998 + " ->", " 1\n")], "V6i V8o V11i", "split"),
    lines("long after an empty", [("z ->", ""), long(10_001), *PLAIN], f"V5n V8o {OK}",
          "crash:KeyError", (1,), Instead(fires=f"V5n V8o {OK}", ending="written", rows=PLAIN)),
    lines("long last after an empty", [("z ->", ""), *PLAIN, long(10_001)], f"V5n V8o {OK}",
          "written", (1,), Instead(fires=f"V5n V8o {OK}", ending="written", rows=PLAIN)),
    lines("long last after a duplicate", [*PLAIN[:2], *PLAIN, long(10_001)], f"V7o V8o {OK}",
          "written", (1,), Instead(fires=f"V7o V8o {OK}", ending="written", rows=PLAIN)),
    lines("long before a duplicate", [long(10_001), *PLAIN, PLAIN[0]], f"V7o V8o {OK}"),
    lines("long twice", [long(10_001), *PLAIN, long(10_001)], f"V7o V8o {OK}"),
]  # fmt: skip

ROWS = [*COLUMNS, *COUNTS, *EMPTY, *TASK, *TWICE, *LONG]
