"""What was stopped has ended, or is about to: its file is being finished."""

from __future__ import annotations

from greenroom.domain.rule import PASS, StepView, Verdict, block, rule


@rule(gate="requirements-validation", stage="after")
async def check(step: StepView) -> Verdict:
    """Ask the service again. LiveKit: EgressStatus EGRESS_ENDING and what follows it."""
    for info in await step.context.egress.list_egress(egress_id=step.before.egress_id):
        if info.status in {"starting", "active"}:
            return block(f"The service said yes, but {info.egress_id} is still {info.status}.")
    return PASS
