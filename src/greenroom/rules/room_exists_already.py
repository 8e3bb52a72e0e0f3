"""CreateRoom leaves an existing room as it is."""

from __future__ import annotations

from greenroom.domain.nouns import Room
from greenroom.domain.rule import PASS, StepView, Verdict, block, rule, warn

SETTINGS = ("max_participants", "empty_timeout", "departure_timeout", "metadata")


@rule(gate="requirements-validation")
async def check(step: StepView) -> Verdict:
    """Warn when the room is there already; block when it is there with other settings than asked for.

    Configured defaults are for new rooms: nobody asked for them here.
    """
    room: Room | None = step.before
    if room is None:
        return PASS
    asked = {f: getattr(step.request, f) for f in SETTINGS if f not in step.context.configured}
    other = [
        f"{field} is {getattr(room, field)!r}, not {value!r}"
        for field, value in asked.items()
        if value and value != getattr(room, field)
    ]
    if other:
        return block(
            f"Room {room.name} exists already and LiveKit does not change an existing room here: "
            f"{'; '.join(other)}.",
            "Choose another name, or delete the room first.",
        )
    return warn(f"Room {room.name} exists already; it stays as it is.")
