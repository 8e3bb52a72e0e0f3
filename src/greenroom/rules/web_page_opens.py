"""A web page is recorded only by a service that has a browser."""

from __future__ import annotations

from greenroom.domain.rule import PASS, StepView, Verdict, block, rule


@rule(gate="delivery-verification")
async def check(step: StepView) -> Verdict:
    """Block for Greenroom's recorder: it records rooms, people and tracks."""
    if await step.context.egress.service() == "livekit":
        return PASS
    return block(
        "Greenroom's recorder opens no web pages: it records rooms, people and tracks.",
        "Run LiveKit's Egress beside the server (it has a browser, and needs Redis), then set egress.service to livekit.",
    )
