"""There are files of the recording."""

from __future__ import annotations

from greenroom.domain.rule import PASS, StepView, Verdict, block, rule


@rule(gate="requirements-validation")
async def check(step: StepView) -> Verdict:
    """Block where they were deleted, or never came."""
    info = step.before.egress
    if step.before.files:
        return PASS
    if info.files_deleted:
        return block(f"The files of the recording {info.egress_id} were deleted already.")
    why = info.error or info.details
    return block(
        f"There are no files of the recording {info.egress_id} of {info.room}, which is {info.status}"
        f"{f': {why}' if why else ''}.".replace("..", "."),
        f"Look at it: greenroom recording show {info.egress_id}.",
    )
