"""What one session remembers between requests."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from greenroom.domain.outcome import Question
from greenroom.domain.plan import Call


@dataclass(slots=True, kw_only=True)
class Pending:
    """A question that waits for its answer, and the calls that the answer completes."""

    question: Question
    draft: tuple[Call, ...]


@dataclass(slots=True, kw_only=True)
class Conversation:
    """Last things named, the last calls that ran, and a pending question. Holds no secret."""

    room: str = ""
    person: str = ""
    calls: tuple[Call, ...] = ()
    """The last request's calls that were done, so that "and alice" or "same for lobby" can repeat them."""
    pending: Pending | None = None

    def as_dict(self) -> dict[str, Any]:
        """JSON shape for storage."""
        return {
            "room": self.room,
            "person": self.person,
            "calls": [call.as_dict() for call in self.calls],
            "pending": self.pending
            and {
                "question": self.pending.question.as_dict(),
                "draft": [call.as_dict() for call in self.pending.draft],
            },
        }

    @classmethod
    def from_dict(cls, shape: dict[str, Any]) -> Conversation:
        """The reverse of ``as_dict``."""
        pending = shape.get("pending")
        return cls(
            room=shape["room"],
            person=shape["person"],
            calls=tuple(Call.from_dict(call) for call in shape["calls"]),
            pending=pending
            and Pending(
                question=Question(
                    **{**pending["question"], "choices": tuple(pending["question"]["choices"])}
                ),
                draft=tuple(Call.from_dict(call) for call in pending["draft"]),
            ),
        )
