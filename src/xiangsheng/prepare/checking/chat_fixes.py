"""What mends rows of messages, one row at a time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from xiangsheng.prepare.checking.chat_rows import Chat

Messages = Sequence[Mapping[str, Any]]


class ChatFix(Protocol):
    """`rule` is the check's that proposed it."""

    @property
    def rule(self) -> str: ...

    def mend(self, chat: "Chat", messages: Messages) -> Messages | None:
        """The messages that are left of a row; the same object where nothing is to be done, and
        None for a row that is left out.
        """
        ...


@dataclass(frozen=True, slots=True)
class DropChats:
    """Leaves out the rows at some places."""

    rule: str
    places: frozenset[int]

    def mend(self, chat: "Chat", messages: Messages) -> Messages | None:
        return None if chat.place in self.places else messages


@dataclass(frozen=True, slots=True)
class TrimLast:
    """Without the last message, in the rows at some places."""

    rule: str
    places: frozenset[int]

    def mend(self, chat: "Chat", messages: Messages) -> Messages | None:
        return messages[:-1] if chat.place in self.places else messages
