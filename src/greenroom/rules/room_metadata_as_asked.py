"""The room carries the metadata that was asked for."""

from __future__ import annotations

from greenroom.domain.metadata import merged
from greenroom.domain.rule import PASS, StepView, Verdict, block, rule


@rule(gate="requirements-validation", stage="after")
async def check(step: StepView) -> Verdict:
    """Read the room again; the answer of the write itself counts for nothing."""
    asked = step.request.metadata
    if step.request.merge:
        asked = merged(step.before.metadata, asked)
    found = await step.context.rooms.list_rooms([step.request.room])
    if not found or found[0].metadata != asked:
        return block(f"The server said yes, but the metadata of {step.request.room} is another.")
    return PASS
