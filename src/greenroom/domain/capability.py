"""How a capability is declared, once: a request model, a function, and what everything else must know about it."""

from __future__ import annotations

import sys
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Literal, Self, get_type_hints

from pydantic import BaseModel, ConfigDict, model_validator

from greenroom.domain.marks import Kind, Means, Secret, Setting, Words
from greenroom.domain.nouns import FollowUp
from greenroom.domain.plan import Call
from greenroom.domain.ports import Context

__all__ = [
    "Capability",
    "Change",
    "Example",
    "Kind",
    "Means",
    "Request",
    "Secret",
    "Setting",
    "Words",
    "capability",
]

Effect = Literal["read", "write", "destroy"]


class Request(BaseModel):
    """Base of all request models: unknown arguments are refused, values never change."""

    # defer_build: a model is built when it first validates; this base class never does.
    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)
    one_of: ClassVar[tuple[tuple[str, ...], ...]] = ()
    """Groups of fields of which one must be given as a whole; the first field of the first is what people are asked for."""
    sets: ClassVar[bool] = False
    """Whether it only sets what it is given: of its fields that need not be there, one must be."""


class Change(Request):
    """Sets what it is given, and leaves the rest: a request that is given nothing to set is a mistake."""

    sets = True

    @classmethod
    def settable(cls) -> list[str]:
        """Names of the fields that it may be given."""
        return [name for name, field in cls.model_fields.items() if not field.is_required()]

    @model_validator(mode="after")
    def something(self) -> Self:
        """Raises ValueError where nothing is set."""
        if all(getattr(self, name) is None for name in self.settable()):
            msg = f"say what to set: {', '.join(self.settable())}"
            raise ValueError(msg)
        return self


@dataclass(frozen=True, slots=True)
class Example:
    """A sentence and the arguments it means; a test runs it through every door."""

    sentence: str
    arguments: Mapping[str, Any]

    def __init__(self, sentence: str, /, **arguments: Any) -> None:
        object.__setattr__(self, "sentence", sentence)
        object.__setattr__(self, "arguments", arguments)


Run = Callable[[Context, Any], Awaitable[Any]]
Before = Callable[[Context, Any], Awaitable[Any]]
Undo = Callable[[Any, Any, Any], Call | None]
Tell = Callable[[Any, Any, Any], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Capability:
    """One thing the crew can do. Made by ``@capability``; id is ``folder.file``."""

    id: str
    summary: str
    effect: Effect
    grant: str
    """LiveKit's grant that the call needs ("roomCreate"), "" when none is."""
    request: type[Request]
    result: type
    run: Run
    positional: tuple[str, ...]
    rules: tuple[str, ...]
    before: Before | None
    """Reads the state that rules, ``undo`` and ``tell`` compare with; raises when the thing is not there."""
    undo: Undo | None
    """``(request, before, result) -> Call`` that takes it back, or None where nothing was changed."""
    tell: Tell
    """``(request, before, result) -> str``: the sentence a person reads."""
    examples: tuple[Example, ...]
    cannot_undo: str
    """Why there is no undo; "" where there is one or nothing changes."""

    @property
    def mode(self) -> str:
        """The folder: room, auth, coordinator …"""
        return self.id.partition(".")[0]

    @property
    def leads_on(self) -> bool:
        """Whether it only looks, and what it would do is a plan of its own."""
        return self.result is FollowUp


def capability(
    *,
    effect: Effect,
    tell: Tell,
    examples: tuple[Example, ...],
    grant: str = "",
    positional: tuple[str, ...] = (),
    rules: tuple[str, ...] = (),
    before: Before | None = None,
    undo: Undo | None = None,
    cannot_undo: str = "",
) -> Callable[[Run], Capability]:
    """Turn ``async (context, request) -> result`` into a Capability. The annotations name request and result."""

    def declare(run: Run) -> Capability:
        hints = get_type_hints(run)
        *_, mode, name = run.__module__.split(".")
        summary = (sys.modules[run.__module__].__doc__ or "").strip().partition("\n")[0]
        if effect != "read" and undo is None and not cannot_undo:
            msg = f"{mode}.{name} changes something: say how it is undone, or why it cannot be"
            raise TypeError(msg)
        return Capability(
            id=f"{mode}.{name}",
            summary=summary,
            effect=effect,
            grant=grant,
            request=hints["request"],
            result=hints["return"],
            run=run,
            positional=positional,
            rules=rules,
            before=before,
            undo=undo,
            tell=tell,
            examples=examples,
            cannot_undo=cannot_undo,
        )

    return declare
