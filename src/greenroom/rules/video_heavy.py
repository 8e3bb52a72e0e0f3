"""Video of 1080p at 60 frames a second, or more, is too much for many devices."""

from __future__ import annotations

from greenroom.domain.rule import PASS, StepView, Verdict, rule, warn

HEAVY = 1920 * 1080 * 60
"""Pixels per second."""


@rule(gate="performance-assessment")
async def check(step: StepView) -> Verdict:
    """Count the pixels that clients would have to encode each second."""
    then = step.before.then
    pixels = then.get("width", 0) * then.get("height", 0) * then.get("frameRate", 0)
    if pixels < HEAVY:
        return PASS
    return warn(
        f"{then['width']}x{then['height']} at {then['frameRate']} frames a second is {pixels / HEAVY:.1f} times "
        "the work of 1080p at 60: few phones and laptops encode that live.",
        "1280x720 or 1920x1080 at 30 is enough for people and slides.",
    )
