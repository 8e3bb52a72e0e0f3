"""The participant is no longer in the room."""

from __future__ import annotations

from greenroom.domain.rule import PASS, StepView, Verdict, block, rule


@rule(gate="requirements-validation", stage="after")
async def check(step: StepView) -> Verdict:
    """Somebody who joined again has another sid, and was removed all the same."""
    for participant in await step.context.rooms.list_participants(step.request.room):
        if participant.identity == step.request.identity and participant.sid == step.before.sid:
            return block(f"The server said yes, but {participant.identity} is still there.")
    return PASS
