"""The participant is in the other room, and no longer in the first."""

from __future__ import annotations

from greenroom.domain.rule import PASS, StepView, Verdict, block, rule


@rule(gate="requirements-validation", stage="after")
async def check(step: StepView) -> Verdict:
    """Read both rooms."""
    request, rooms = step.request, step.context.rooms
    here = {person.identity for person in await rooms.list_participants(request.room)}
    there = {person.identity for person in await rooms.list_participants(request.destination)}
    if request.identity in here or request.identity not in there:
        return block(
            f"The server said yes, but {request.identity} is not in {request.destination}."
        )
    return PASS
