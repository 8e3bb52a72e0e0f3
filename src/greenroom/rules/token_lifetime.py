"""A person's token lives a day at most, unless somebody says why."""

from __future__ import annotations

from greenroom.domain.rule import PASS, StepView, Verdict, block, rule

DAY = 24 * 3600


@rule(gate="security-review")
async def check(step: StepView) -> Verdict:
    """A token cannot be called back, so a long life needs a reason."""
    if step.request.ttl <= DAY or step.request.reason.strip():
        return PASS
    return block(
        "A token that lives longer than 24 hours cannot be called back when it leaks.",
        "Make it shorter, or say why with reason=….",
    )
