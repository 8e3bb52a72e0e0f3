"""Without simulcast everybody receives the same quality: a burden for rooms of more than a handful."""

from __future__ import annotations

from greenroom.domain.rule import PASS, StepView, Verdict, rule, warn

SMALL = 4
"""People up to whom one quality for all is bearable."""
LIMIT = "room.defaultSettings.maxParticipants"


@rule(gate="performance-assessment")
async def check(step: StepView) -> Verdict:
    """Warn unless rooms are small by default; warn of layers that nobody sends."""
    then = step.before.then
    if then.get("enabled", True):
        return PASS
    if step.request.layers is not None and step.request.enabled is None:
        return warn("Simulcast is off: these layers are not sent.", "Switch simulcast on.")
    limit = step.context.settings.chosen(LIMIT) or 0
    if 0 < limit <= SMALL:
        return PASS
    rooms = f"rooms for up to {limit} people" if limit else "rooms of any size"
    return warn(
        f"Without simulcast the slowest connection gets the full picture or none, and there are {rooms}.",
        f"Leave it on for rooms of more than {SMALL} people.",
    )
