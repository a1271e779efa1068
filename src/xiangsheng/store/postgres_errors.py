"""What PostgreSQL says of its troubles, in our words: what happened, and what to do next.

Once there is a connection an error has a code (SQLSTATE); before, it is words only, in English or
in the server's own language.
"""

import re

from xiangsheng.core.errors import DatabaseAwayError, DiskFullError, StoreError, XiangshengError

_FULL, _NO_RIGHT = "53100", "42501"
_FAILED = re.compile(r"^connection (failed|is bad): ")
_AWAY = ("08", "57P")  # connection exceptions; shutting down, crashed, starting

# The first that is found decides.
_AT_THE_DOOR = (
    (
        ("password", "authentication", "pg_hba.conf", "role "),
        "login",
        "the database server does not let us in",
        "check the user and the password: PGPASSWORD, ~/.pgpass, or XIANGSHENG_DATABASE",
    ),
    (
        ("does not exist", "permission denied for database"),
        "no_database",
        "the database cannot be opened",
        "make it first, as a user who may: createdb NAME",
    ),
    (
        ("",),
        "database_unreachable",
        "the database server cannot be reached",
        "check that it runs, its host and its port, then do the same again",
    ),
)


def explained(error: BaseException | None, where: str) -> XiangshengError:
    state = getattr(error, "sqlstate", None)
    said = _FAILED.sub("", " ".join(str(error).split()))
    if state == _FULL:
        return DiskFullError(
            "the database server's disk is full; everything committed before is kept",
            where=where,
            hint="make room there, then do the same again",
        )
    if state == _NO_RIGHT:
        return StoreError(
            f"the database's user may not do this: {said}",
            where=where,
            hint="as its owner: GRANT CREATE, USAGE ON SCHEMA public TO the user",
            code="database_rights",
        )
    if state is None or state.startswith(_AWAY):
        return _away(said, where)
    return StoreError(
        f"the database cannot be used: {said}",
        where=where,
        hint="look into the database server's log",
    )


def _away(said: str, where: str) -> DatabaseAwayError:
    for words, code, message, hint in _AT_THE_DOOR:
        if any(word in said for word in words):
            return DatabaseAwayError(f"{message}: {said}", where=where, hint=hint, code=code)
    raise AssertionError("the last fits everything")
