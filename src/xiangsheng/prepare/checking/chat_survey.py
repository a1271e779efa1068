"""All that the checks must know of rows of messages, gathered in one pass over them."""

from array import array
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from xiangsheng.prepare.checking.chat_rows import Chat, is_trained

MOST_ANSWERS = 2_000_000
"""Trained messages that are compared with others, at 24 bytes each."""
_AT_ONCE = 250_000


@dataclass(slots=True)
class ChatSurvey:
    """By row its line, hashes of all it says with who says it and of what is said, and who begins
    and ends it. By trained message its row, and hashes of what it answers and of the answer.
    """

    lines: "array[int]" = field(default_factory=lambda: array("q"))
    wholes: "array[int]" = field(default_factory=lambda: array("q"))
    said: "array[int]" = field(default_factory=lambda: array("q"))
    opened_by_user: bytearray = field(default_factory=bytearray)
    ended_by_user: bytearray = field(default_factory=bytearray)
    rows: "array[int]" = field(default_factory=lambda: array("q"))
    asked: "array[int]" = field(default_factory=lambda: array("q"))
    answers: "array[int]" = field(default_factory=lambda: array("q"))
    answered: int = 0
    characters: int = 0

    def observe(self, chat: Chat) -> None:
        so_far, is_asked = 0, False
        for message in chat.messages:
            role, content, trained = message["role"], message["content"], is_trained(message)
            if trained and is_asked:
                self._answer(chat.place, so_far, hash(content))
            is_asked = is_asked or role == "user"
            self.characters += len(content)
            so_far = hash((so_far, role, content))
        weights = tuple(map(is_trained, chat.messages))
        contents = [one["content"] for one in chat.messages if one["role"] != "system"]
        roles = [one["role"] for one in chat.messages if one["role"] != "system"]
        self.lines.append(chat.line)
        self.wholes.append(hash((so_far, weights)))
        self.said.append(hash(tuple(contents)))
        self.opened_by_user.append(roles[0] == "user")
        self.ended_by_user.append(roles[-1] == "user")

    def repeated(self) -> list[int]:
        """The places of rows that equal an earlier one."""
        both = (self.wholes, self.said)
        return [
            later
            for first, *others in _alike(self.wholes)
            for later in others
            if all(hashes[first] == hashes[later] for hashes in both)
        ]

    def disagreeing(self) -> Iterator[tuple[int, int]]:
        """Places of rows that answer otherwise than an earlier one what is the same so far, and of
        that earlier one. What only a system message stands before, nobody has asked.
        """
        for first, *others in _alike(self.asked):
            for later in others:
                if self.answers[later] != self.answers[first]:
                    yield self.rows[later], self.rows[first]

    def unanswered(self) -> list[int]:
        """The places of rows that a user's message ends, and that no other row has with the roles
        the other way round: there somebody learns it.
        """
        ended = [place for place, by_user in enumerate(self.ended_by_user) if by_user]
        openers = defaultdict[int, set[int]](set)
        if ended:
            for said, by_user in zip(self.said, self.opened_by_user, strict=True):
                openers[said].add(by_user)
        return [
            place
            for place in ended
            if 1 - self.opened_by_user[place] not in openers[self.said[place]]
        ]

    def _answer(self, place: int, asked: int, answer: int) -> None:
        self.answered += 1
        if self.answered <= MOST_ANSWERS:
            self.rows.append(place)
            self.asked.append(asked)
            self.answers.append(answer)


def _alike(hashes: Sequence[int]) -> Iterator[list[int]]:
    """The places of those that are equal, where there are several; a part of all at a time."""
    parts = 1 + len(hashes) // _AT_ONCE
    for part in range(parts):
        seen: dict[int, int] = {}
        more = defaultdict[int, list[int]](list)
        for place, code in enumerate(hashes):
            if code % parts == part and (first := seen.setdefault(code, place)) != place:
                more[first].append(place)
        yield from ([first, *others] for first, others in more.items())
