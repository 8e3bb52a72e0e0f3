"""The tracks are muted, or unmuted, as was asked for."""

from __future__ import annotations

from greenroom.domain.rule import PASS, StepView, Verdict, block, rule


@rule(gate="requirements-validation", stage="after")
async def check(step: StepView) -> Verdict:
    """Read the rooms again; the answer of the call itself counts for nothing. A track that ended is heard by nobody."""
    result = step.result
    changed = {track.sid for track in result.changed}
    for room in dict.fromkeys(track.room for track in result.changed):
        for person in await step.context.rooms.list_participants(room):
            for track in person.tracks:
                if track.sid in changed and track.muted != result.muted:
                    still = "unmuted" if result.muted else "muted"
                    return block(
                        f"The server said yes, but a {track.source.replace('_', ' ')} of "
                        f"{person.identity} in {room} is {still}: perhaps they did it themselves."
                    )
    return PASS
