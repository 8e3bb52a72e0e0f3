"""Those who are recorded agreed."""

from __future__ import annotations

from greenroom.domain.rule import PASS, StepView, Verdict, rule, warn


@rule(gate="compliance-verification")
async def check(step: StepView) -> Verdict:
    """Warn where nothing is said about it. LiveKit's clients see that a room is recorded, and are not asked."""
    if step.request.consent.strip():
        return PASS
    return warn(
        "Nothing says that those who are recorded agreed.",
        'Tell them, and keep how in the journal: --consent "agreed in the invitation".',
    )
