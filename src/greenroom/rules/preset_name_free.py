"""A name is that of a video preset or of an audio preset, never of both."""

from __future__ import annotations

from greenroom.domain.rule import PASS, StepView, Verdict, block, rule

TABLES = (
    ("track.videoPresets", "track.audioPresets", "an audio preset"),
    ("track.audioPresets", "track.videoPresets", "a video preset"),
)
"""Table that is written, the one that must not have the name, and what that holds."""


@rule(gate="requirements-validation")
async def check(step: StepView) -> Verdict:
    """Look at the presets of the other kind: whoever removes a preset gives a name and no kind."""
    name = step.request.name
    for written, other, what in TABLES:
        writes = any(key.startswith(f"{written}.") for key in step.before.changes)
        if writes and name in (step.context.settings.chosen(other) or {}):
            return block(f"{name} is the name of {what}.", "Choose another name.")
    return PASS
