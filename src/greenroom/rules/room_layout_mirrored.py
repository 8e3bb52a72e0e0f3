"""The metadata of an open room names the layout that was chosen."""

from __future__ import annotations

from greenroom.domain.metadata import object_in
from greenroom.domain.rule import PASS, StepView, Verdict, block, rule


@rule(gate="requirements-validation", stage="after")
async def check(step: StepView) -> Verdict:
    """Read the room again. Metadata that is no JSON object was left alone."""
    for room in await step.context.rooms.list_rooms([step.request.room]):
        found = object_in(room.metadata)
        if found is not None and found.get("layout") != step.request.layout:
            return block(f"The metadata of {room.name} names another layout.")
    return PASS
