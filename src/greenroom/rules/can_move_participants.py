"""Only LiveKit Cloud can take somebody from one room to another."""

from __future__ import annotations

from greenroom.domain.rule import PASS, StepView, Verdict, block, rule
from greenroom.domain.urls import is_cloud


@rule(gate="architectural-alignment")
async def check(step: StepView) -> Verdict:
    """Say before anything happens what a self-hosted server lacks (livekit/livekit#3507, #4203), and what to do instead."""
    request = step.request
    if request.room == request.destination:
        return block(
            f"{request.identity} is in {request.destination} already.", "Name another room."
        )
    if is_cloud(step.context.target.url):
        return PASS
    return block(
        "This server cannot move people: MoveParticipant exists on LiveKit Cloud only.",
        f"Make a token for the other room, `greenroom auth create-token {request.identity} --room "
        f"{request.destination}`, and let the client leave and join with it; or send it there with "
        f"`greenroom room send-to-room {request.room} … --identities {request.identity}`.",
    )
