"""The machine that records can hold the picture's size and rate."""

from __future__ import annotations

from greenroom.domain.rule import PASS, StepView, Verdict, rule, warn

PIXELS, RATE = 1920 * 1080, 60


@rule(gate="performance-assessment")
async def check(step: StepView) -> Verdict:
    """Warn about 1080p at 60 pictures a second on a machine of unknown size. LiveKit: two to six cores for a composite of 1080p at 30."""
    width, _, height = step.request.resolution.partition("x")
    pixels = int(width or 0) * int(height or 0)
    if pixels < PIXELS or (step.request.frame_rate or 0) < RATE:
        return PASS
    told = {
        "greenroom": "Greenroom's recorder begins smaller, or with fewer pictures, on a machine that cannot hold it",
        "livekit": "nothing says how many cores LiveKit's Egress service has",
    }
    return warn(
        f"{step.request.resolution} at {step.request.frame_rate} pictures a second takes six cores or more: "
        f"{told.get(step.before.service, 'nothing says what the service can hold')}.",
        "30 pictures a second cost half as much.",
    )
