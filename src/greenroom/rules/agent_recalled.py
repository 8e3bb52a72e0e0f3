"""The dispatch is gone."""

from __future__ import annotations

from greenroom.domain.rule import PASS, StepView, Verdict, block, rule


@rule(gate="requirements-validation", stage="after")
async def check(step: StepView) -> Verdict:
    """Read the dispatches again."""
    gone = {one.id for one in step.before.dispatches}
    known = await step.context.dispatch.list_dispatches(step.request.room)
    if any(one.id in gone for one in known):
        return block(f"The server said yes, but {step.request.agent} is still asked in.")
    return PASS
