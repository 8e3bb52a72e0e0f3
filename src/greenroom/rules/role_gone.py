"""The role's table is no longer in the file that it was removed from."""

from __future__ import annotations

from greenroom.domain.rule import StepView, Verdict, rule
from greenroom.rules._removed import gone


@rule(gate="requirements-validation", stage="after")
async def check(step: StepView) -> Verdict:
    """Read the configuration again."""
    return gone(step, step.before, f"Role {step.request.role}")
