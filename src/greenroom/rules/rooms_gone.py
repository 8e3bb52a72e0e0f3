"""The rooms that were deleted are no longer there."""

from __future__ import annotations

from greenroom.domain.rule import PASS, StepView, Verdict, block, rule


@rule(gate="requirements-validation", stage="after")
async def check(step: StepView) -> Verdict:
    """Read the rooms again. A room that was made anew under an old name is another one."""
    gone = {room.name: room.sid for room in step.result.rooms}
    if not gone:
        return PASS
    found = await step.context.rooms.list_rooms(list(gone))
    left = [room.name for room in found if room.sid == gone[room.name]]
    if left:
        return block(f"The server said yes, but {len(left)} rooms are still there: {left[0]} …")
    return PASS
