"""Numbers with their noun: «1 row equals», «2 rows equal»."""


def counted(number: int, one: str, many: str = "") -> str:
    """`many` is `one` with an s where it is not given."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"
