"""The room is not recorded already."""

from __future__ import annotations

from greenroom.domain.rule import PASS, StepView, Verdict, rule, warn


@rule(gate="performance-assessment")
async def check(step: StepView) -> Verdict:
    """Warn: a second recording costs as much as the first. One of another person is no second one."""
    same = [
        info.egress_id
        for info in step.before.running
        if info.subject == step.request.identity and info.is_recording
    ]
    if not same:
        return PASS
    whom = f"{step.request.identity} in " if step.request.identity else ""
    return warn(
        f"{whom}{step.request.room} is being recorded already ({', '.join(same)}); this starts another recording.",
        f"End the other one: greenroom recording stop {same[0]}.",
    )
