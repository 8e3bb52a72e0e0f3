"""The room is there, with the settings that were asked for."""

from __future__ import annotations

from greenroom.domain.rule import PASS, StepView, Verdict, block, rule
from greenroom.rules.room_exists_already import SETTINGS


@rule(gate="requirements-validation", stage="after")
async def check(step: StepView) -> Verdict:
    """Read the room again; the answer of the write itself counts for nothing."""
    name = step.request.name
    found = await step.context.rooms.list_rooms([name])
    if not found:
        return block(f"The server said yes, but there is no room {name}.")
    room = found[0]
    if room.sid != step.result.sid:
        return block(f"The server said {step.result.sid}, but room {name} is {room.sid}.")
    left_as_it_was = step.context.configured if step.before is not None else frozenset()
    for field in SETTINGS:
        if field in left_as_it_was:
            continue
        asked = getattr(step.request, field)
        if asked and getattr(room, field) != asked:
            return block(f"{field} of {name} is {getattr(room, field)!r}, not {asked!r}.")
    return PASS
