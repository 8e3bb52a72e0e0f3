"""The recording runs."""

from __future__ import annotations

from greenroom.domain.rule import PASS, StepView, Verdict, block, rule, warn

BAD = {"failed", "aborted"}


@rule(gate="requirements-validation", stage="after")
async def check(step: StepView) -> Verdict:
    """Ask the service for its list: what it answered to the start counts for nothing."""
    made = step.result.egress_id
    found = await step.context.egress.list_egress(egress_id=made)
    if not found:
        return block(f"The service said yes, but it has no recording {made}.")
    info = found[0]
    if info.status in BAD:
        return block(
            f"The recording {made} is {info.status}: {info.error or info.details}".rstrip(": ")
        )
    if info.status == "starting":
        return warn(
            f"The recording {made} is still starting.",
            f"Look in a moment: greenroom recording show {made}.",
        )
    return PASS
