"""The participants that were removed are no longer in the room."""

from __future__ import annotations

from greenroom.domain.rule import PASS, StepView, Verdict, block, rule


@rule(gate="requirements-validation", stage="after")
async def check(step: StepView) -> Verdict:
    """Read the participants again. Somebody who joined again has another sid, and was removed all the same."""
    asked, done = step.request.people, set(step.result.done)
    inside = await step.context.rooms.list_participants(step.request.room)
    left = [p.identity for p in inside if p.identity in done and p.sid == asked[p.identity]]
    if left:
        return block(f"The server said yes, but {', '.join(left[:5])} is still in the room.")
    return PASS
