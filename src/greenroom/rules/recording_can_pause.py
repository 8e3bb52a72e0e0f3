"""The service can pause a recording."""

from __future__ import annotations

from greenroom.domain.rule import PASS, StepView, Verdict, block, rule


@rule(gate="architectural-alignment")
async def check(step: StepView) -> Verdict:
    """Block where LiveKit's own service records: it has no such call."""
    service = step.before.egress.service or await step.context.egress.service()
    if service != "livekit":
        return PASS
    return block(
        "LiveKit's Egress service records this, and cannot pause.",
        "End this recording and start another one later, or record with Greenroom's recorder: greenroom config set egress.service greenroom.",
    )
