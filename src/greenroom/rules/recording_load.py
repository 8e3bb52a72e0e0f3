"""The machine that records can hold the picture's size and rate."""

from __future__ import annotations

import math

from greenroom.domain.rule import PASS, StepView, Verdict, rule, warn
from greenroom.domain.video import pixel_size

PIXELS, RATE = 1920 * 1080, 60


@rule(gate="performance-assessment")
async def check(step: StepView) -> Verdict:
    """Warn about 1080p at 60 pictures a second on a machine of unknown size. LiveKit: two to six cores for a composite of 1080p at 30."""
    size = step.request.resolution
    if (
        size is None
        or math.prod(pixel_size(size)) < PIXELS
        or (step.request.frame_rate or 0) < RATE
    ):
        return PASS
    told = {
        "greenroom": "Greenroom's recorder begins smaller, or with fewer pictures, on a machine that cannot hold it",
        "livekit": "nothing says how many cores LiveKit's Egress service has",
    }
    return warn(
        f"{size} at {step.request.frame_rate} pictures a second takes six cores or more: "
        f"{told.get(step.before.service, 'nothing says what the service can hold')}.",
        "30 pictures a second cost half as much.",
    )
