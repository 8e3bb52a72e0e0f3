"""It shows people as was asked for."""

from __future__ import annotations

from greenroom.domain.egress import layout_now
from greenroom.domain.rule import PASS, StepView, Verdict, block, rule


@rule(gate="requirements-validation", stage="after")
async def check(step: StepView) -> Verdict:
    """Ask the service for its list, and the room for what its recorder was told."""
    found = await step.context.egress.list_egress(egress_id=step.before.egress_id)
    inside = await step.context.rooms.list_participants(step.before.room)
    if not found or layout_now(found[0], inside) != step.request.layout:
        return block(f"The service said yes, but {step.before.egress_id} has another layout.")
    return PASS
