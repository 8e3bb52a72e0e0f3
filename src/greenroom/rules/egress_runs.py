"""What was started runs."""

from __future__ import annotations

from greenroom.domain.rule import PASS, StepView, Verdict, block, rule, warn


@rule(gate="delivery-verification", stage="after")
async def check(step: StepView) -> Verdict:
    """Ask the service for its list: what it answered to the start counts for nothing."""
    made = step.result.egress_id
    found = await step.context.egress.list_egress(egress_id=made)
    if not found:
        return block(f"The service said yes, but it does not know {made}.")
    info = found[0]
    if info.status in {"failed", "aborted"}:
        return block(f"{made} is {info.status}: {info.error or info.details}".rstrip(": "))
    if info.status == "starting":
        return warn(
            f"{made} is still starting.", f"Look in a moment: greenroom egress show {made}."
        )
    return PASS
