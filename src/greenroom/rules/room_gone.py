"""The room is no longer there."""

from __future__ import annotations

from greenroom.domain.rule import PASS, StepView, Verdict, block, rule


@rule(gate="requirements-validation", stage="after")
async def check(step: StepView) -> Verdict:
    """A room of that name with another sid is somebody's new one, and fine."""
    for room in await step.context.rooms.list_rooms([step.request.room]):
        if room.sid == step.before.room.sid:
            return block(f"The server said yes, but room {room.name} is still there.")
    return PASS
