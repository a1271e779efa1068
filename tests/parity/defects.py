"""Where the official tool was wrong, and what we do: numbers 1 … 24 are the parity table's."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Defect:
    """`shown`: a case shows it; the others are no verdicts on a file."""

    old: str
    ours: str
    shown: bool = True


DEFECTS = {
    1: Defect(
        "after empty or repeated rows went, removing long examples removes another row or crashes",
        "the long rows are removed",
    ),
    2: Defect(
        "the header that all prompts of a dialogue begin with is removed",
        "it is told, and stays",
    ),
    3: Defect(
        "a JSON null is trained as the text None, an absent key as nan",
        "both are missing: such a completion is empty, such a prompt too",
    ),
    4: Defect(
        "cells that say NA, null, None, nan, N/A, n/a are taken for empty and their rows removed",
        "they are texts",
    ),
    5: Defect(
        "numbers, truth values, lists and objects become what Python prints of them",
        "numbers and truth values are told and written as JSON has them; the others are bad lines",
    ),
    6: Defect(
        "a BOM is refused in JSON and kept in TXT; GB18030 and UTF-16 are refused everywhere",
        "all are read, and told",
    ),
    7: Defect(
        "a single row is refused: it is no JSON lines, or its prompt is the same as all prompts",
        "it is one example",
    ),
    8: Defect(
        "a few abbreviations in Chinese count as mostly capitals and are made small",
        "where letters are the minority their case says nothing",
    ),
    9: Defect("a second space is put before a full-width one", "either is a space"),
    10: Defect(
        "completions that are all the same are fatal up to three rows only, and beside a prompt",
        "they are fatal",
    ),
    11: Defect(
        "a prefix that is a whole completion is removed all the same, and may crash the next check",
        "no completion is emptied",
    ),
    12: Defect("a number as a column's name crashes it", "it is an additional column"),
    13: Defect(
        "of two spellings of a column, or of a key twice in an object, one is lost without a word",
        "it is told",
    ),
    14: Defect(
        "an empty file lacks a column; a file without a row left is written and is a success",
        "both are fatal",
    ),
    15: Defect("the write declined is a success like any other", "see the exit codes", shown=False),
    16: Defect(
        "a common prefix cuts an emoji in two; a lone surrogate is dropped from the text",
        "an emoji stays whole; a lone surrogate is told",
    ),
    17: Defect(
        "the same prompt with different completions is not told, and may be in both halves",
        "it is told",
    ),
    18: Defect(
        "a .json that is no JSON lines is not told so, and left as it is when nothing else is found",
        "it is written as JSON lines",
    ),
    19: Defect("every row's number is printed", "the first thousand, and their count", shown=False),
    20: Defect("time grows with the square of a common prefix", "in line with it", shown=False),
    21: Defect("memory is a dozen times the file", "it is bounded", shown=False),
    22: Defect("time goes everywhere", "one pass", shown=False),
    23: Defect("no report for a program", "--json", shown=False),
    24: Defect("models and advice are retired", "advice of today", shown=False),
    25: Defect(
        "rows of a CSV one cell wider than its header lose their first cell; a NUL cuts a cell",
        "both are bad lines",
    ),
    26: Defect(
        "JSON with trailing commas, raw control characters, NaN or objects joined by commas is read",
        "such lines are bad",
    ),
    27: Defect(
        "a line that is no object, or half a workbook, ends in a traceback", "it is told where"
    ),
    28: Defect(
        "a prefix is cut off by its length after letters were made small, which may change it",
        "the prefix itself is removed",
    ),
    29: Defect("an array over several lines in a .jsonl is refused", "it is read"),
    30: Defect(
        "a workbook whose first row is blank has no columns", "it begins where its text does"
    ),
}
