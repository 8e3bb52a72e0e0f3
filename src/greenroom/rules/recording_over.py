"""The recording has ended."""

from __future__ import annotations

from greenroom.domain.rule import PASS, StepView, Verdict, block, rule


@rule(gate="requirements-validation")
async def check(step: StepView) -> Verdict:
    """Block while it runs, or is being finished."""
    info = step.before.egress
    if not info.is_active:
        return PASS
    if info.status == "ending":
        return block(
            f"The recording {info.egress_id} of {info.room} is just being finished.",
            "Wait a moment, then ask again.",
        )
    return block(
        f"The recording {info.egress_id} of {info.room} still runs.",
        f"End it first: greenroom recording stop {info.egress_id}.",
    )
