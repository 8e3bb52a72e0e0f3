"""A message to an empty room reaches nobody."""

from __future__ import annotations

from greenroom.domain.rule import PASS, StepView, Verdict, rule, warn


@rule(gate="requirements-validation")
async def check(step: StepView) -> Verdict:
    """Warn: LiveKit keeps no message for those who come later."""
    if step.before.participants:
        return PASS
    return warn(
        f"Nobody is in {step.request.room}, so nobody gets it.",
        "Put what must last into the room's metadata.",
    )
