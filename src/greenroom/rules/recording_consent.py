"""Those who are recorded agreed."""

from __future__ import annotations

from greenroom.domain.rule import PASS, StepView, Verdict, rule, warn
from greenroom.rules._recorded_today import recorded_today


@rule(gate="compliance-verification")
async def check(step: StepView) -> Verdict:
    """Warn once a day where nothing is said about it. LiveKit's clients see that a room is recorded, and are not asked."""
    if step.request.consent.strip() or recorded_today(step):
        return PASS
    return warn("Nothing says that they agreed.", "--consent keeps how they did.")
