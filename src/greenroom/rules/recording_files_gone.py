"""The files of the recording are gone."""

from __future__ import annotations

from greenroom.domain.recordings import objects_of
from greenroom.domain.rule import PASS, StepView, Verdict, block, rule


@rule(gate="requirements-validation", stage="after")
async def check(step: StepView) -> Verdict:
    """Ask the recorder and the storages again: that they agreed counts for nothing."""
    info, context = step.before.egress, step.context
    left = []
    if info.service == "greenroom":
        left = [file.path for file in await context.egress.files(info.egress_id)]
    for storage, names in objects_of(step.before.files):
        left += await context.objects.sizes(storage, names)
    if left:
        return block(f"The answer was yes, but {', '.join(left)} is still there.")
    return PASS
