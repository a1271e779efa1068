"""Script and Line: what was written for two people to say."""

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What a speaker does in the act; OTHER unless the source says which."""

    DOUGEN = "dougen"  # 逗哏, leads
    PENGEN = "pengen"  # 捧哏, supports
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Speaker:
    """Label `0` is the first to speak, `1` the second; `name` is what the source called them."""

    label: str
    name: str = ""
    role: Role = Role.OTHER


@dataclass(frozen=True, slots=True)
class Line:
    """One utterance; `text` is one line without its label, never repaired."""

    speaker: str
    text: str


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where a script came from, so that its licence can be honoured."""

    source: str = ""
    licence: str = ""


@dataclass(frozen=True, slots=True)
class Script:
    """A two-person dialogue. `id` is unique within what was read together."""

    id: str
    title: str
    lines: tuple[Line, ...]
    genre: str = ""
    summary: str = ""
    speakers: tuple[Speaker, ...] = (Speaker("0"), Speaker("1"))
    provenance: Provenance = Provenance()
