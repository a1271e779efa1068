"""What prompts and completions share, and how they are written: V9 … V15."""

from parity.case import NOTHING, Case, Instead, Pair, body, lines, pairs

OK = "V11i V14i"
ARROWS = (" ->", "\n\n###\n\n", "\n\n===\n\n", "\n\n---\n\n", "\n\n===>\n\n", "\n\n--->\n\n")
ENDINGS = ("\n", ".", " END", "***", "+++", "&&&", "$$$", "@@@", "%%%")
FAMILY = "👨\u200d👩"
HEAD = "Specific information:一段名称为{}的对口相声\n\n###\n\n0: 您听{}。\n1:"
DIALOGUE = [
    (HEAD.format(title, title), f" {title[1]}说\n") for title in ("报菜名", "地理图", "八扇屏")
]


def cased(*prompts: str) -> list[Pair]:
    """Prompts that want nothing but perhaps another case."""
    return [(f"{prompt}{n}{'xy'[n % 2]} ->", f" {body(n)}\n") for n, prompt in enumerate(prompts)]


def answered(*completions: str) -> list[Pair]:
    return [(f"{body(n)} ->", completion) for n, completion in enumerate(completions)]


def holding(texts: tuple[str, ...]) -> list[str]:
    """Texts without a common beginning or end, which hold `texts` in their midst."""
    return [f"{body(n)}{text}{body(n + 5)}" for n, text in enumerate((*texts, "", ""))]


CASE = [
    lines("a capital in three", cased("Tt", "ee"), OK, "kept"),
    lines("capitals, twice as many lower", [("aAb1 ->", " 1\n"), ("cDd2 ->", " 2\n"),
                                            ("eEf3 ->", " 3\n")], OK, "kept"),
    lines("capitals, one lower too few", [("aAb1 ->", " 1\n"), ("cDd2 ->", " 2\n"),
                                          ("E3 ->", " 3\n")], f"V9o {OK}"),
    lines("capitals only", [("A1 ->", " 1\n"), ("B2 ->", " 2\n")], f"V9o {OK}"),
    lines("no letters", [("1 ->", " 1\n"), ("2 ->", " 2\n")], OK, "kept"),
    lines("capitals on both sides", [("AB1 ->", " C1\n"), ("CD2 ->", " D2\n")], f"V9o V10o {OK}"),
    lines("capital completions", [("ab1 ->", " C1\n"), ("cd2 ->", " D2\n")], f"V10o {OK}"),
    lines("capitals without prompts", [("", " C1\n"), ("", " D2\n")], "V10o"),
    lines("Greek and Russian capitals", [("ΣΟΦΟΣ ->", " Да1\n"), ("ΑΣ ->", " да2\n")],
          f"V9o {OK}"),
    lines("title-case letters", [("ǅ1 ->", " 1\n"), ("ǈ2 ->", " 2\n")], OK, "kept"),
    lines("circled capitals", [("Ⓐ1 ->", " 1\n"), ("Ⓑ2 ->", " 2\n")], OK, "kept"),
    lines("small capitals and sharp s", [("ẞ1 ->", " ß1\n"), ("ᴀ2 ->", " ﬁ2\n")], f"V9o {OK}"),
    lines("labels alike in lower case",
          [(f"{body(n)} ->", f" {'YES' if n % 2 else 'yes'}{n % 4 // 2}\n") for n in range(12)],
          "V10o V11i V14i", "split"),
    lines("Chinese with an abbreviation", [("我们看NBA去1 ->", " 好1\n"), ("他说声OK就成了2 ->", " 行2\n")], f"V9o {OK}", "written", (8,), Instead(fires=OK, ending="kept")),
    lines("Chinese answers with an abbreviation",
          [("甲1 ->", " 看NBA去吧您哪1\n"), ("乙2 ->", " 说声OK不就成了2\n")], f"V10o {OK}",
          "written", (8,), Instead(fires=OK, ending="kept")),
    lines("Chinese alone", [("甲：您好1 ->", " 好1\n"), ("乙：您好2 ->", " 行2\n")], OK, "kept"),
]  # fmt: skip

SEPARATORS = [
    *(
        lines(f"separators taken: {taken}",
              [(p, f" {body(n)}\n") for n, p in enumerate(holding(ARROWS[:taken]))], "V11o V14i")
        for taken in range(len(ARROWS) + 1)
    ),
    lines("separator: all but the second", [(p, f" {body(n)}\n") for n, p in enumerate(
        holding((ARROWS[0], *ARROWS[2:])))], "V11o V14i"),
    lines("separator: a line break", [("oak\nelm", " a\n"), ("ash", " b\n")], "V11o V14i"),
    lines("separator: arrow alone", [("oak->elm", " a\n"), ("ash", " b\n")], "V11o V14i"),
    lines("separator: with a prompt empty", [("", " a\n"), ("ash", " b\n")], "V11o V14i"),
    lines("suffix of 1", pairs(4, "{}?"), OK, "kept"),
    lines("suffix of 10", pairs(4, "{}0123456789"), OK, "kept"),
    lines("suffix of 11", pairs(4, "{}0123456789?"), OK, "kept"),
    lines("suffix with line breaks", pairs(4, "{}\n\n###\n\n"), OK, "kept"),
    lines("suffix twice inside", [*pairs(4, "{} ->"), ("x -> y ->", " z\n")], OK, "kept"),
    lines("suffix overlapping", [*pairs(3, "{}aa"), ("xaaa", " z\n")], OK, "kept"),
    lines("suffix is a whole prompt", [*pairs(4), (" ->", " z\n")], OK, "kept"),
    lines("suffix full-width", pairs(4, "{}？"), OK, "kept"),
    lines("prompts identical", [("same ->", f" {body(n)}\n") for n in range(4)], "V11f", "fatal"),
    lines("two prompts identical", [("same", " a\n"), ("same", " b\n")], "V11f", "fatal"),
    lines("no prompts", pairs(4, ""), "", "kept"),
]  # fmt: skip

HEADS = [
    lines("prefix of 1", pairs(4, "?{} ->"), "V11i V12i V14i", "kept"),
    lines("prefix of 12", pairs(4, "0123456789: {} ->"), "V11i V12i V14i", "kept"),
    lines("prefix of 13", pairs(4, "0123456789?: {} ->"), "V11i V12o V14i"),
    lines("prefix of 13, Chinese", pairs(4, "请把下面这句话说得好笑些：{} ->"), "V11i V12o V14i"),
    lines("prefix of 12, Chinese", pairs(4, "请把下面这句说得好笑些：{} ->"), "V11i V12i V14i", "kept"),
    lines("prefix is a whole prompt", [("The question is", " a\n"), ("The question is b", " b\n")],
          "V11o V12o V14i"),
    lines("prefix and separator", pairs(4, "The question is: {}"), "V11o V12o V14i"),
    lines("prefix in capitals", pairs(4, "THE QUESTION IS: {} ->"), "V9o V11i V12o V14i"),
    lines("prefix with line breaks", pairs(4, "The\nquestion\nis\n{} ->"), "V11i V12o V14i"),
    lines("prefix of 60", pairs(20, "one two three four five six " * 2 + "{} ->"),
          "V11i V12o V14i"),
    lines("prefix with a capital that grows", [(f"İİ question n. {p}".upper(), c) for p, c in
                                               pairs(4)], "V9o V11i V12o V14i", "written", (28,),
          Instead(fires="V9o V11i V12o V14i", ending="written",
                  rows=[(p, c) for p, c in pairs(4)])),
    lines("prefix ends inside an emoji",
          [(f"The question is {FAMILY[:-1]}{end} {n} ->", f" {n}\n") for n, end in
           enumerate("👩👧👦")], "V11i V12o V14i", "written", (16,),
          Instead(fires="V11i V12o V14i", ending="written",
                  rows=[(f"{FAMILY[:-1]}{end} {n} ->", f" {n}\n") for n, end in
                        enumerate("👩👧👦")])),
    lines("dialogue", DIALOGUE, "V11i V12o V14i", "written", (2,),
          Instead(fires="V11i V12i V14i", ending="kept")),
    lines("dialogue to fix", [(p, c.strip()) for p, c in DIALOGUE], "V11i V12o V14i V15o",
          "written", (2,), Instead(fires="V11i V12i V14i V15o", ending="written",
                                   rows=[(p, c.rstrip()) for p, c in DIALOGUE])),
]  # fmt: skip

STARTS = [
    lines("completion prefix of 4", pairs(4, completion=" abc{}\n"), OK, "kept"),
    lines("completion prefix of 5", pairs(4, completion=" abcd{}\n"), "V11i V13o V14i"),
    lines("completion prefix of 5, no space", pairs(4, completion="abcde{}\n"),
          "V11i V13o V14i V15o"),
    lines("completion prefix of 4, no space", pairs(4, completion="abcd{}\n"), "V11i V14i V15o"),
    lines("completion prefix Chinese", pairs(4, completion=" 他这么说{}\n"), "V11i V13o V14i"),
    lines("completion prefix of blanks", pairs(4, completion="     {}\n"), "V11i V13o V14i"),
    lines("completion prefix, no prompts", [("", f" Answer: {body(n)}\n") for n in range(4)],
          "V13o"),
    lines("completion prefix, no ending", pairs(4, completion=" Answer: {}"), "V11i V13o V14o"),
    lines("completion prefix in capitals", pairs(4, completion=" ANSWER: {}\n"),
          "V10o V11i V13o V14i"),
    lines("completion prefix is a whole one", answered(" Label", " Label a", " Label b"), "V11i V13o V14o", "written", (11,), Instead(fires="V11i V13i V14o", ending="written", rows=answered(" Label\n", " Label a\n", " Label b\n"))),
    lines("labels with a prefix", [(f"{body(n)} ->", f" Label {n % 2}\n") for n in range(8)],
          "V6i V11i V13o", "split"),
    lines("completion prefix is a whole one, no space", answered("Label", "Label a", "Label b"), "V11i V13o V14o V15o", "written", (11,), Instead(fires="V11i V13i V14o V15o", ending="written", rows=answered(" Label\n", " Label a\n", " Label b\n"))),
    lines("labels whose prefix is one", [(f"{body(n)} ->", f"Label{' a' * (n % 2)}") for n in
                                         range(8)], "V6i V11i V13o V15o", "crash:IndexError", (11,),
          Instead(fires="V6i V11i V13i V15o", ending="split")),
    lines("answers whose prefix is one", answered("oak, oak,", "oak,oak, oak, oak,",
                                                  "oak, oak, elm oak, oak,"),
          "V11i V14i V15o"),
    lines("answers emptied by their prefix",
          answered("oak.\n", "oak.\nelm oak.\n", "oak.\nash oak.\n"), "V11i V13o V14i V15o",
          "crash:IndexError", (11,), Instead(fires="V11i V13i V14i V15o", ending="written")),
    lines("no prompts, all answers alike", [("", " Answer: a\n")] * 3, "V7o", "written", (10,), NOTHING),
]  # fmt: skip

ENDS = [
    *(
        lines(f"endings taken: {taken}",
              answered(*(f" {text}" for text in holding(ENDINGS[:taken]))), "V11i V14o")
        for taken in range(len(ENDINGS) + 1)
    ),
    lines("endings: all but the fourth",
          answered(*(f" {text}" for text in holding((*ENDINGS[:3], *ENDINGS[4:])))), "V11i V14o"),
    lines("ending of 1", pairs(4, completion=" {}?"), OK, "kept"),
    lines("ending of 10", pairs(4, completion=" {}0123456789"), OK, "kept"),
    lines("ending of 11", pairs(4, completion=" {}0123456789?"), OK, "kept"),
    lines("ending twice inside", [*pairs(4), ("z ->", " y\nz\n")], OK, "kept"),
    lines("ending full-width", pairs(4, completion=" {}。"), OK, "kept"),
    lines("ending is a whole one", [*pairs(4, completion=" {} x"), ("z ->", " x")], OK, "kept"),
    lines("classes have none", [(f"{body(n)} ->", f" {n % 2}") for n in range(8)], "V6i V11i",
          "split"),
    lines("no prompts have none", pairs(4, "", " {}"), "", "kept"),
    lines("three answers alike", [(p, " same\n") for p, _ in pairs(3)], "V11i V14f", "fatal"),
    lines("two answers alike", [(p, " same\n") for p, _ in pairs(2)], "V11i V14f", "fatal"),
]  # fmt: skip

SPACES = [
    lines("a space everywhere", pairs(4), OK, "kept"),
    lines("a space nowhere", pairs(4, completion="{}\n"), "V11i V14i V15o"),
    lines("a space but on the first", answered("a\n", " b\n", " c\n"), "V11i V14i V15o"),
    lines("a space but on the last", answered(" a\n", " b\n", "c\n"), "V11i V14i V15o"),
    lines("two spaces", pairs(4, completion="  {}\n"), OK, "kept"),
    lines("the same first letter", pairs(4, completion="a{}\n"), "V11i V14i V15o"),
    lines("tabs", pairs(4, completion="\t{}\n"), "V11i V14i V15o"),
    lines("line breaks", pairs(4, completion="\n{}\n"), "V11i V14i V15o"),
    lines("no-break spaces", pairs(4, completion="\u00a0{}\n"), "V11i V14i V15o"),
    lines("Chinese without a space", pairs(4, completion="说{}\n"), "V11i V14i V15o"),
    lines("full-width spaces", pairs(4, completion="\u3000{}\n"), "V11i V14i V15o", "written", (9,),
          Instead(fires=OK, ending="kept")),
    lines("spaces of both widths", answered(" a\n", "\u3000b\n", "c\n"), "V11i V14i V15o", "written",
          (9,), Instead(fires="V11i V14i V15o", ending="written",
                        rows=answered(" a\n", "\u3000b\n", " c\n"))),
]  # fmt: skip

TEXT: list[Case] = [*CASE, *SEPARATORS, *HEADS, *STARTS, *ENDS, *SPACES]
