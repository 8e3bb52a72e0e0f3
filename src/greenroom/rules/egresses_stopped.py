"""Those that were stopped run no more."""

from __future__ import annotations

from greenroom.domain.rule import PASS, StepView, Verdict, block, rule


@rule(gate="requirements-validation", stage="after")
async def check(step: StepView) -> Verdict:
    """Ask the service for what runs."""
    running = await step.context.egress.list_egress(active=True)
    done = set(step.result.done)
    left = [one.egress_id for one in running if one.egress_id in done and one.status != "ending"]
    if left:
        return block(f"The service said yes, but {len(left)} still run: {left[0]} …")
    return PASS
