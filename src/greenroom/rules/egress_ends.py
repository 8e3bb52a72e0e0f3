"""Who says yes to the end of a stream or export sees what ends."""

from __future__ import annotations

from greenroom.domain.rule import StepView, Verdict, rule, warn


@rule(gate="requirements-validation")
async def check(step: StepView) -> Verdict:
    """Say what it is, of what, and where it goes."""
    info = step.before
    places = ", ".join(result.location for result in info.results if result.location)
    return warn(f"{info.egress_id} of {info.whom} ends{': ' if places else ''}{places}.")
