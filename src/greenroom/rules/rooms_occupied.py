"""Deleting rooms disconnects whoever is in them."""

from __future__ import annotations

from greenroom.domain.rule import PASS, StepView, Verdict, rule, warn


@rule(gate="requirements-validation")
async def check(step: StepView) -> Verdict:
    """Say in how many, before anybody approves."""
    occupied = step.request.occupied
    if not occupied:
        return PASS
    few = 5
    names = ", ".join(occupied[:few])
    more = f" and {len(occupied) - few} more" if len(occupied) > few else ""
    verb = "has" if len(occupied) == 1 else "have"
    return warn(f"{names}{more} {verb} people inside, who will be disconnected.")
