"""A room is recorded only where the server has an egress service."""

from __future__ import annotations

from greenroom.domain.rule import PASS, StepView, Verdict, rule, warn


@rule(gate="requirements-validation")
async def check(step: StepView) -> Verdict:
    """Warn before the room is made: livekit-server without egress says yes to a recording and makes none."""
    if not step.request.recording or await step.context.egress.connected():
        return PASS
    return warn(
        "This server has no egress service: the room is made, and nothing will be recorded.",
        "Start Greenroom's recorder (greenroom up), run LiveKit's Egress beside the server (it needs Redis), or do not ask for a recording.",
    )
