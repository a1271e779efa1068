"""Columns of text, which hold the same and sort the same in every database.

In PostgreSQL they have no greatest length, since SQLite heeds none, and the order of code points,
since that is SQLite's. It refuses the character NUL, so there NUL is written as two others.
"""

from typing import Any

from sqlalchemy import Dialect, types
from sqlalchemy.types import TypeDecorator, TypeEngine

ESCAPE, NUL = "\x1a", "\0"
_WRITTEN = str.maketrans({NUL: f"{ESCAPE}0", ESCAPE: f"{ESCAPE}1"})


class Text(TypeDecorator[str]):
    impl: type[types.String] = types.Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        if dialect.name == "postgresql":
            return dialect.type_descriptor(types.Text(collation="C"))
        return super().load_dialect_impl(dialect)

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        if value is None or dialect.name != "postgresql":
            return value
        return value.translate(_WRITTEN) if NUL in value or ESCAPE in value else value

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:
        if value is None or dialect.name != "postgresql" or ESCAPE not in value:
            return value
        return value.replace(f"{ESCAPE}0", NUL).replace(f"{ESCAPE}1", ESCAPE)


class String(Text):
    """`length` is what SQLite's schema says, and what nobody checks."""

    impl = types.String
    cache_ok = True
