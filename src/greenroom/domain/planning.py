"""What a planner is given and what it may answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from greenroom.domain.conversation import Conversation
from greenroom.domain.egress import EgressInfo
from greenroom.domain.explanation import Explanation
from greenroom.domain.outcome import Question
from greenroom.domain.plan import Call


class Names(Protocol):
    """Live names, read from the server when a planner first asks."""

    async def rooms(self) -> tuple[str, ...]:
        """Names of all rooms."""
        ...

    async def people(self, room: str) -> tuple[str, ...]:
        """Identities in one room; empty when there is no such room."""
        ...

    async def egresses(self, *, active: bool) -> tuple[EgressInfo, ...]:
        """Recordings and streams that run, or that have ended; the newest first."""
        ...

    def kept(self) -> Mapping[str, str]:
        """Names of the settings → what each is called there: destination, preset."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Brief:
    """One request for a planner."""

    text: str
    conversation: Conversation
    names: Names
    catalogue: Mapping[str, Any]
    """The compiled catalogue: see ``hub/compiled.py``. Holds only ``mode``'s capabilities where a mode is named."""
    mode: str = ""
    """Only capabilities of this mode may be used; "": all."""
    explain: bool = False
    """Whether somebody will read ``explanation``: what only serves it need not be made otherwise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Calls:
    """Do this, in order."""

    calls: tuple[Call, ...]
    explanation: Explanation | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """One question; nothing runs. ``draft`` is what the answer completes."""

    question: Question
    draft: tuple[Call, ...] = ()
    explanation: Explanation | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Refuse:
    """Nothing fits, or it must not be done: a code of ``domain.errors``, why, and the nearest things that can be done."""

    code: str
    message: str
    hint: str = ""
    explanation: Explanation | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """Facts that needed no capability."""

    message: str
    facts: Mapping[str, Any] = field(default_factory=dict)
    explanation: Explanation | None = None


Reply = Calls | Ask | Refuse | Answer
