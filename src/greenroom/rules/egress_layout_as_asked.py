"""It shows people as was asked for."""

from __future__ import annotations

from greenroom.domain.rule import PASS, StepView, Verdict, block, rule


@rule(gate="requirements-validation", stage="after")
async def check(step: StepView) -> Verdict:
    """Ask the service for its list."""
    found = await step.context.egress.list_egress(egress_id=step.before.egress_id)
    if not found or found[0].layout != step.request.layout:
        return block(f"The service said yes, but {step.before.egress_id} has another layout.")
    return PASS
