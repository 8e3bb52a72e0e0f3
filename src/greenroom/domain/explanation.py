"""Why a planner answered as it did: what it found in the words, what it weighed, where each value came from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """Something typed in the words: a duration, a number, a quoted text, a live name."""

    kind: str
    text: str
    """As it was said."""
    value: Any
    """What it stands for, as JSON: seconds, a number, a name."""

    def as_dict(self) -> dict[str, Any]:
        """``{kind, text, value}``."""
        return {"kind": self.kind, "text": self.text, "value": self.value}


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A capability that was weighed, and its score; more is likelier."""

    capability: str
    score: float

    def as_dict(self) -> dict[str, Any]:
        """``{capability, score}``."""
        return {"capability": self.capability, "score": round(self.score, 3)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where an argument's value came from: "after the word called", "this conversation", "the only room"."""

    field: str
    value: Any
    """As JSON. Values of secret fields are masked before anybody sees them."""
    source: str

    def as_dict(self) -> dict[str, Any]:
        """``{field, value, source}``."""
        return {"field": self.field, "value": self.value, "source": self.source}


@dataclass(frozen=True, slots=True, kw_only=True)
class StepExplanation:
    """One step of what was asked for."""

    capability: str = ""
    """The chosen one; "" where none was."""
    candidates: tuple[Candidate, ...] = ()
    """What was weighed, best first, the chosen one among them."""
    origins: tuple[Origin, ...] = ()
    unused: tuple[str, ...] = ()
    """Words that nothing was made of."""

    def as_dict(self) -> dict[str, Any]:
        """``{capability, candidates, origins, unused}``."""
        return {
            "capability": self.capability,
            "candidates": [candidate.as_dict() for candidate in self.candidates],
            "origins": [origin.as_dict() for origin in self.origins],
            "unused": list(self.unused),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """What ``ask --explain`` shows."""

    mentions: tuple[Mention, ...] = ()
    steps: tuple[StepExplanation, ...] = ()
    reason: str = ""
    """Why it asked, refused or answered; "" where it acted."""

    def as_dict(self) -> dict[str, Any]:
        """``{mentions, steps, reason}``."""
        return {
            "mentions": [mention.as_dict() for mention in self.mentions],
            "steps": [step.as_dict() for step in self.steps],
            "reason": self.reason,
        }

    @classmethod
    def from_dict(cls, shape: Mapping[str, Any]) -> Explanation:
        """The reverse of ``as_dict``."""
        return cls(
            mentions=tuple(Mention(**mention) for mention in shape["mentions"]),
            steps=tuple(
                StepExplanation(
                    capability=step["capability"],
                    candidates=tuple(Candidate(**each) for each in step["candidates"]),
                    origins=tuple(Origin(**each) for each in step["origins"]),
                    unused=tuple(step["unused"]),
                )
                for step in shape["steps"]
            ),
            reason=shape["reason"],
        )
