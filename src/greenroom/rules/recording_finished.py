"""The recording has ended, and its file is there."""

from __future__ import annotations

from greenroom.domain.rule import PASS, StepView, Verdict, block, rule, warn


@rule(gate="requirements-validation", stage="after")
async def check(step: StepView) -> Verdict:
    """Ask the service for its list. A file that is still being finished is a warning, one that is lost a failure."""
    made = step.before.egress_id
    found = await step.context.egress.list_egress(egress_id=made)
    # LiveKit forgets what ended long ago: what is not listed does not run.
    info = found[0] if found else step.result
    if info.status in {"starting", "active"}:
        return block(f"The service said yes, but the recording {made} still runs.")
    if info.status == "failed":
        return block(f"The recording {made} has ended, and failed: {info.error or info.details}.")
    if info.status == "ending":
        return warn(
            f"The file of {made} is still being finished.",
            f"Look in a moment: greenroom recording show {made}.",
        )
    return PASS
