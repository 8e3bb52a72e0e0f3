"""What a door gives back: the envelope ``greenroom.outcome/1``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from greenroom.domain.errors import GreenroomError
from greenroom.domain.explanation import Explanation
from greenroom.domain.plan import Call
from greenroom.domain.shape import to_json

SCHEMA = "greenroom.outcome/1"

Status = Literal["done", "planned", "needs_input", "needs_approval", "blocked", "failed"]
StepStatus = Literal["planned", "running", "done", "failed", "skipped", "rolled_back", "unknown"]
VerdictName = Literal["pass", "warn", "block", "waived"]
ENDED_WELL = frozenset({"done", "rolled_back"})
"""Statuses of a step whose result was verified."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is missing: the argument's name, or ``confirmation_of_which`` when several things fit."""

    field: str
    question: str
    choices: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """``{field, question, choices}``."""
        return {"field": self.field, "question": self.question, "choices": list(self.choices)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One rule's verdict on one step."""

    gate: str
    rule: str
    verdict: VerdictName
    reason: str = ""
    remedy: str = ""

    def as_dict(self) -> dict[str, Any]:
        """``{gate, rule, verdict[, reason, remedy]}``."""
        shape: dict[str, Any] = {"gate": self.gate, "rule": self.rule, "verdict": self.verdict}
        if self.reason:
            shape["reason"] = self.reason
        if self.remedy:
            shape["remedy"] = self.remedy
        return shape


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """A yes that a plan waits for."""

    id: str
    hash: str
    expires_at: int
    reasons: tuple[str, ...]
    steps: tuple[Mapping[str, Any], ...]

    def as_dict(self) -> dict[str, Any]:
        """``{id, hash, expires_at, reasons, steps}``."""
        return {
            "id": self.id,
            "hash": self.hash,
            "expires_at": self.expires_at,
            "reasons": list(self.reasons),
            "steps": [dict(step) for step in self.steps],
        }


@dataclass(slots=True, kw_only=True)
class StepOutcome:
    """One call's way. ``value`` is the typed result."""

    call: Call
    effect: str
    arguments: Mapping[str, Any]
    """Resolved and public: secret arguments read ``***``."""
    status: StepStatus = "planned"
    message: str = ""
    checks: list[Check] = field(default_factory=list)
    value: Any = None
    undo: Call | None = None
    error: GreenroomError | None = None

    @property
    def usable(self) -> Any:
        """The result of what was done, or the part of it that was finished before an interruption; else None."""
        partly = self.error is not None and self.error.made is not None
        return self.value if self.status in ENDED_WELL or partly else None

    def as_dict(self, *, public: bool = False) -> dict[str, Any]:
        """A step of the envelope. A caller gets the result of what was done, secrets included; ``public`` masks them."""
        result = to_json(self.value if public else self.usable, public=public)
        return {
            "capability": self.call.capability,
            "mode": self.call.mode,
            "arguments": dict(self.arguments),
            "status": self.status,
            "message": self.message,
            "checks": [check.as_dict() for check in self.checks],
            "result": result,
            "undo": self.undo.as_dict() if self.undo else None,
            "error": self.error.as_dict() if self.error else None,
        }


@dataclass(slots=True, kw_only=True)
class Outcome:
    """What became of one request."""

    id: str
    status: Status
    message: str
    target: str = ""
    mode: str = "coordinator"
    steps: list[StepOutcome] = field(default_factory=list)
    questions: tuple[Question, ...] = ()
    approval: Approval | None = None
    left: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    error: GreenroomError | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)
    explanation: Explanation | None = None
    """Why it was understood so; only where it was asked for."""
    elapsed_ms: float = 0.0

    @property
    def value(self) -> Any:
        """The typed result of the last step that was done, else None."""
        return next((step.value for step in reversed(self.steps) if step.status == "done"), None)

    def unwrap(self) -> Any:
        """``value`` of a request that is done. Raises its GreenroomError otherwise."""
        if self.status == "done":
            return self.value
        raise self.error or GreenroomError(
            self.message, code="blocked", hint="Look at outcome.questions and outcome.approval."
        )

    def as_dict(self) -> dict[str, Any]:
        """The envelope, ready for JSON. ``explanation`` stands in it only where it was asked for."""
        explained = {"explanation": self.explanation.as_dict()} if self.explanation else {}
        return {
            "schema": SCHEMA,
            "id": self.id,
            "status": self.status,
            "message": self.message,
            "mode": self.mode,
            "target": self.target,
            "steps": [step.as_dict() for step in self.steps],
            "questions": [question.as_dict() for question in self.questions],
            "approval": self.approval.as_dict() if self.approval else None,
            "left": list(self.left),
            "warnings": list(self.warnings),
            "error": self.error.as_dict() if self.error else None,
            "elapsed_ms": round(self.elapsed_ms, 2),
            **explained,
        }


FEW = 8
"""Names that a sentence holds; more are counted."""


def argument_in_words(name: str, value: Any) -> str:
    """``room lobby``, ``forget policy``, ``no screen sharing``: an argument and its value inside a sentence."""
    plain = name.replace("_", " ")
    if isinstance(value, bool):
        return plain if value else f"no {plain}"
    return f"{plain} {in_words(value)}"


def in_words(value: Any) -> str:
    """An argument inside a sentence: of many names the first, and how many more. The envelope has all of them."""
    if not isinstance(value, Mapping | list) or not value:
        return str(value)
    if isinstance(value, list) and len(value) <= FEW:
        return str(value)
    shown = ", ".join(str(name) for name in list(value)[:FEW])
    more = len(value) - FEW
    return f"{shown} and {more:,} more" if more > 0 else shown
