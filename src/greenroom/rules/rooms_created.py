"""The rooms that were created are there."""

from __future__ import annotations

from greenroom.domain.rule import PASS, StepView, Verdict, block, rule


@rule(gate="requirements-validation", stage="after")
async def check(step: StepView) -> Verdict:
    """Read the rooms again; the answers of the writes count for nothing."""
    made = step.result.sids
    if not made:
        return PASS
    found = {room.name: room.sid for room in await step.context.rooms.list_rooms(list(made))}
    missing = [name for name, sid in made.items() if found.get(name) != sid]
    if missing:
        return block(f"The server said yes, but {len(missing)} rooms are missing: {missing[0]} …")
    return PASS
