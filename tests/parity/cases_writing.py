"""What is written, where, and how it is split."""

from parity.case import Case, Instead, Pair, body, jsonl, lines, pairs

FIX = jsonl(pairs(4, completion="{}\n"))
FIRES = "V11i V14i V15o"
LABELS = ("yes", "no", "maybe", "never")


def classes(count: int, labels: int, completion: str = " {}\n") -> list[Pair]:
    """Labels in no regular order."""
    return [
        (f"{body(n)} ->", completion.format(LABELS[n * n * 7 // 3 % labels])) for n in range(count)
    ]


def splits(name: str, count: int, labels: int) -> Case:
    return lines(name, classes(count, labels), "V6i V11i", "split")


NAMES = [
    Case("a name with dots", "data.v2.jsonl", FIX, FIRES, "written"),
    Case("a name with a space", "my data.jsonl", FIX, FIRES, "written"),
    Case("a Chinese name", "相声.jsonl", FIX, FIRES, "written"),
    Case("a prepared name", "data_prepared.jsonl", FIX, FIRES, "written"),
    Case("its output is there", "data.jsonl", FIX, FIRES, "written",
         beside=("data_prepared.jsonl",)),
    Case("two outputs are there", "data.jsonl", FIX, FIRES, "written",
         beside=("data_prepared.jsonl", "data_prepared (1).jsonl")),
    Case("the second is there", "data.jsonl", FIX, FIRES, "written",
         beside=("data_prepared (1).jsonl",)),
    Case("one half is there", "data.jsonl", jsonl(classes(9, 2)), "V6i V11i", "split",
         beside=("data_prepared_valid.jsonl",)),
    Case("a half is there, two of the other", "data.jsonl", jsonl(classes(9, 2)), "V6i V11i",
         "split", beside=("data_prepared_train.jsonl", "data_prepared_valid (1).jsonl")),
]  # fmt: skip

SPLITS = [
    splits("two classes", 31, 2),
    splits("three classes", 31, 3),
    splits("four classes", 100, 4),
    splits("two classes, few", 7, 2),
    splits("4,999 rows", 4_999, 2),
    splits("5,003 rows", 5_003, 3),
    lines("classes with empties", [("z ->", ""), *classes(20, 2), ("y ->", "")], "V5n V6i V11i",
          "split"),
    lines("classes with duplicates", [*classes(20, 2), *classes(3, 2)], "V6i V7o V11i", "split"),
    lines("classes without a separator", [(p.removesuffix(" ->"), c) for p, c in classes(20, 2)],
          "V6i V11o", "split"),
    lines("classes without a space", classes(20, 2, "{}\n"), "V6i V11i V15o", "split"),
    lines("classes no more", classes(4, 2) * 3, "V6i V7o V11i"),
    lines("classes once the prefix is gone",
          [(f"{body(n)} ->", f" label {n % 4}\n") for n in range(12)], "V11i V13o V14i"),
    lines("a prompt of two classes", [*classes(20, 2), ("a0k ->", " no\n"), ("a0k ->", " maybe\n")],
          "V6i V11i", "split", (17,), Instead(fires="V6i V11i", ending="split", tells="*")),
]  # fmt: skip

WRITING = [*NAMES, *SPLITS]
