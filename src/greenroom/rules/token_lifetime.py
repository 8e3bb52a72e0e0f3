"""A person's token lives a day at most, unless somebody says why."""

from __future__ import annotations

from greenroom.domain.access import LONG_LIFE
from greenroom.domain.rule import PASS, StepView, Verdict, block, rule


@rule(gate="security-review")
async def check(step: StepView) -> Verdict:
    """A token cannot be called back, so a long life needs a reason."""
    if step.request.ttl <= LONG_LIFE or step.request.reason.strip():
        return PASS
    return block(
        "A token that lives longer than 24 hours cannot be called back when it leaks.",
        "Make it shorter, or say why: --reason (in Python, reason=…).",
    )
