"""Numbers as they are said: 两百五十, 一万零八十; prices: 三千二, 四百块."""

_DIGITS = "零一二三四五六七八九"
_UNITS = ((1000, "千"), (100, "百"), (10, "十"))


def said(number: int) -> str:
    """A number of 0 or more and below a hundred million, as before a measure word."""
    if number == 2:
        return "两"
    if number < 10_000:
        return _whole(number)
    high, low = divmod(number, 10_000)
    return (
        f"{said(high)}万" + ("" if low >= 1000 or not low else "零") + (_whole(low) if low else "")
    )


def priced(number: int) -> str:
    """The same as a price: of two units in a row the last goes without saying."""
    for size, unit in ((10_000, "万"), *_UNITS[:2]):
        digit, left = divmod(number, size)
        if 0 < digit < 10 and left and left % (size // 10) == 0:
            return ("两" if digit == 2 else _DIGITS[digit]) + unit + _DIGITS[left // (size // 10)]
    return f"{said(number)}块"


def _whole(number: int) -> str:
    text, left, gap = "", number, False
    for size, unit in _UNITS:
        digit, left = divmod(left, size)
        if digit:
            word = "两" if digit == 2 and size > 10 else _DIGITS[digit]
            bare = size == 10 and digit == 1 and not text  # 十二, not 一十二
            text += ("零" if gap and text else "") + ("" if bare else word) + unit
        gap = not digit
    if left or not text:
        text += ("零" if gap and text else "") + _DIGITS[left]
    return text
