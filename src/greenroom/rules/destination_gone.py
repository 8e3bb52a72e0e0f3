"""The destination is no longer in the file that it was removed from."""

from __future__ import annotations

from greenroom.domain.rule import PASS, StepView, Verdict, block, rule


@rule(gate="requirements-validation", stage="after")
async def check(step: StepView) -> Verdict:
    """Read the configuration again."""
    name = step.request.name
    layers = [s.layer for s in step.context.settings.said_by(f"egress.destinations.{name}")]
    if step.before.place in layers:
        return block(f"Destination {name} was removed, and is still in {step.before.place}.")
    return PASS
