"""The recording goes on."""

from __future__ import annotations

from greenroom.domain.rule import PASS, StepView, Verdict, block, rule


@rule(gate="requirements-validation", stage="after")
async def check(step: StepView) -> Verdict:
    """Read the service's figures."""
    made = step.before.egress.egress_id
    figures = await step.context.egress.figures(made)
    if figures.get("paused") is not False:
        return block(
            f"The service said yes, but the recording {made} goes otherwise: it is still paused."
        )
    return PASS
