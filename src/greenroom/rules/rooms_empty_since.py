"""LiveKit does not say since when a room is empty."""

from __future__ import annotations

from greenroom.domain.rule import PASS, StepView, Verdict, rule, warn


@rule(gate="requirements-validation")
async def check(step: StepView) -> Verdict:
    """Say what is known, before anybody approves. LiveKit: message Room has a creation time, and no time of the last leave."""
    seconds = step.request.empty_for
    if seconds is None:
        return PASS
    return warn(
        f"LiveKit does not say since when a room is empty: these are empty now and at least {seconds} s old, "
        "and somebody may have left a moment ago.",
        "Look at `greenroom room list` first, where that matters.",
    )
