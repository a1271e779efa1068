"""Notice: a warning as a value, so that a surface decides how to show it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Notice:
    """Something worth knowing that stops nothing; `where` is `file:line` where there is one."""

    code: str
    message: str
    where: str = ""
