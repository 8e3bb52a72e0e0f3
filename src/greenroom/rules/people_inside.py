"""Deleting a room disconnects whoever is in it."""

from __future__ import annotations

from greenroom.domain.rule import PASS, StepView, Verdict, rule, warn


@rule(gate="requirements-validation")
async def check(step: StepView) -> Verdict:
    """Say who, before anybody approves."""
    inside = [participant.identity for participant in step.before.participants]
    if not inside:
        return PASS
    few = 5
    names = ", ".join(inside[:few]) + (
        f" and {len(inside) - few} more" if len(inside) > few else ""
    )
    return warn(
        f"{names} {'is' if len(inside) == 1 else 'are'} in {step.request.room} and will be disconnected."
    )
