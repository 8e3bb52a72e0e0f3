"""How a rule is declared: one predicate a file, with its gate and its stage."""

from __future__ import annotations

import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Literal

from greenroom.domain.ports import Context

Stage = Literal["before", "after"]


@dataclass(frozen=True, slots=True)
class Verdict:
    """pass, warn or block; a reason for people and what to do about it.

    In the stage *after*, block means "not true (yet)": the pipeline looks again until its deadline.
    """

    verdict: Literal["pass", "warn", "block"]
    reason: str = ""
    remedy: str = ""


PASS = Verdict("pass")


def warn(reason: str, remedy: str = "") -> Verdict:
    """It goes on, and the person is told."""
    return Verdict("warn", reason, remedy)


def block(reason: str, remedy: str = "") -> Verdict:
    """It ends here."""
    return Verdict("block", reason, remedy)


@dataclass(frozen=True, slots=True, kw_only=True)
class StepView:
    """What a rule looks at. ``result`` is None in the stage *before*."""

    context: Context
    request: Any
    before: Any
    result: Any = None


Predicate = Callable[[StepView], Awaitable[Verdict]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """Made by ``@rule``; id is the file's name with dashes."""

    id: str
    summary: str
    gate: str
    stage: Stage
    check: Predicate


def rule(*, gate: str, stage: Stage = "before") -> Callable[[Predicate], Rule]:
    """Turn ``async (step) -> Verdict`` into a Rule."""

    def declare(check: Predicate) -> Rule:
        name = check.__module__.rpartition(".")[2]
        summary = (sys.modules[check.__module__].__doc__ or "").strip().partition("\n")[0]
        return Rule(id=name.replace("_", "-"), summary=summary, gate=gate, stage=stage, check=check)

    return declare
