"""A video preset's bitrate is in proportion to its size and frame rate."""

from __future__ import annotations

from greenroom.domain.rule import PASS, StepView, Verdict, rule, warn
from greenroom.domain.video import bitrate_for

FACTOR = 2.5
"""How far it may be from what LiveKit sends such a size with; its own presets are within 1.6."""


@rule(gate="performance-assessment")
async def check(step: StepView) -> Verdict:
    """Compare with ``bitrate_for``; a preset without a size (a screen as it is) has nothing to compare."""
    preset = step.before.then
    if not preset.keys() >= {"width", "height", "frameRate", "maxBitrate"}:
        return PASS
    width, height, frame_rate = preset["width"], preset["height"], preset["frameRate"]
    usual = bitrate_for(width, height, frame_rate)
    what = f"{width}x{height} at {frame_rate} frames a second"
    remedy = f"LiveKit would take about {usual} bits per second."
    if preset["maxBitrate"] * FACTOR < usual:
        return warn(f"{what} will look poor with {preset['maxBitrate']} bits per second.", remedy)
    if preset["maxBitrate"] > usual * FACTOR:
        return warn(f"{what} gains nothing from {preset['maxBitrate']} bits per second.", remedy)
    return PASS
