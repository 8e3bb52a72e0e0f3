"""Whoever was to receive something, or no more, is still there."""

from __future__ import annotations

from greenroom.domain.rule import PASS, StepView, Verdict, block, rule


@rule(gate="requirements-validation", stage="after")
async def check(step: StepView) -> Verdict:
    """Read who is inside. That is all that can be looked at: LiveKit has no call that shows subscriptions."""
    request = step.request
    for person in await step.context.rooms.list_participants(request.room):
        if person.identity == request.identity and person.sid == step.before.sid:
            if step.result.subscribed and not person.permission.can_subscribe:
                return block(f"{request.identity} may no longer receive anything.")
            return PASS
    return block(f"{request.identity} left {request.room} meanwhile, or joined anew.")
