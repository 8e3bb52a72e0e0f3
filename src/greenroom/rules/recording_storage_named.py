"""A storage is named for recordings."""

from __future__ import annotations

from greenroom.domain.rule import PASS, StepView, Verdict, rule, warn
from greenroom.rules._recorded_today import recorded_today

WHERE = {
    "livekit": "on the disk of LiveKit's Egress, if that has no storage",
    "greenroom": "in the recorder's folder",
}


@rule(gate="architectural-alignment")
async def check(step: StepView) -> Verdict:
    """Warn once a day, and say where the file will be."""
    if step.context.settings.chosen("recording.storage.type") or recorded_today(step):
        return PASS
    where = WHERE.get(step.before.service, "where the service writes")
    return warn(
        f"No storage is named: the file stays {where}.",
        "If that is right: greenroom recording configure --storage local.",
    )
