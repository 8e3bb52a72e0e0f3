"""What is to be done: calls, references to earlier results, plans."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Reference:
    """The value of ``field`` in the result of an earlier step (counted from 0)."""

    step: int
    field: str

    def as_dict(self) -> dict[str, Any]:
        """How a reference stands in a stored plan."""
        return {"$step": self.step, "field": self.field}


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A capability by id, with arguments by name. Values are JSON or a ``Reference``."""

    capability: str
    arguments: Mapping[str, Any] = field(default_factory=dict)
    expects: Mapping[str, Any] | None = None
    """What the capability's ``before`` must still find, for an undo: a field that differs refuses the call."""

    @property
    def mode(self) -> str:
        """The specialist that does it."""
        return self.capability.partition(".")[0]

    def shown_arguments(self) -> dict[str, Any]:
        """Arguments as JSON: references spelled out."""
        return {
            name: value.as_dict() if isinstance(value, Reference) else value
            for name, value in self.arguments.items()
        }

    def as_dict(self) -> dict[str, Any]:
        """JSON shape: ``{capability, arguments[, expects]}``."""
        shape: dict[str, Any] = {
            "capability": self.capability,
            "arguments": self.shown_arguments(),
        }
        if self.expects is not None:
            shape["expects"] = dict(self.expects)
        return shape

    @classmethod
    def from_dict(cls, shape: Mapping[str, Any]) -> Call:
        """The reverse of ``as_dict``."""
        arguments = {
            name: Reference(value["$step"], value["field"])
            if isinstance(value, Mapping) and "$step" in value
            else value
            for name, value in shape["arguments"].items()
        }
        return cls(
            capability=shape["capability"], arguments=arguments, expects=shape.get("expects")
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Calls in order, for one target. The hash covers all that approval is given for."""

    id: str
    target: str
    calls: tuple[Call, ...]
    text: str = ""
    session: str | None = None
    waive: Mapping[str, str] = field(default_factory=dict)
    undoes: str | None = None
    """Id of the plan that this one takes back."""

    @property
    def hash(self) -> str:
        """SHA-256 over target, calls and waivers, as hex."""
        body = {
            "target": self.target,
            "calls": [call.as_dict() for call in self.calls],
            "waive": dict(self.waive),
            "undoes": self.undoes,
        }
        return hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()
