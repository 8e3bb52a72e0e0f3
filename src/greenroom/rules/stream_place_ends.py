"""Who says yes to one place less sees which, and where the stream goes on."""

from __future__ import annotations

from greenroom.domain.rule import StepView, Verdict, rule, warn


@rule(gate="delivery-verification")
async def check(step: StepView) -> Verdict:
    """Say so; without its last place LiveKit ends the stream."""
    found = step.before
    left = (
        f"it goes on to {', '.join(found.others)}"
        if found.others
        else "it is the only one, and the stream ends with it"
    )
    return warn(f"{found.egress.room} is streamed to {found.shown} no more; {left}.")
