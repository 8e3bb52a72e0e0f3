"""Who may only watch must not be able to remove people."""

from __future__ import annotations

from greenroom.domain.rule import PASS, StepView, Verdict, block, rule


@rule(gate="security-review")
async def check(step: StepView) -> Verdict:
    """Block room admin together with a token that may not publish."""
    if step.request.room_admin and step.request.can_publish is False:
        return block(
            "Room admin for somebody who may only watch lets an audience mute and remove people.",
            "Leave out room admin, or let them publish.",
        )
    return PASS
