"""A storage is named for recordings."""

from __future__ import annotations

from greenroom.domain.rule import PASS, StepView, Verdict, rule, warn

WHERE = {
    "livekit": "where LiveKit's Egress service writes: on its own disk, if it has no storage of its own",
    "greenroom": "in the folder of Greenroom's recorder",
}


@rule(gate="architectural-alignment")
async def check(step: StepView) -> Verdict:
    """Warn, and say where the file will be."""
    if step.context.settings.chosen("recording.storage.type"):
        return PASS
    where = WHERE.get(step.before.service, "where the service writes")
    return warn(
        f"No storage is named for recordings: the file will be {where}.",
        "Name one: greenroom recording configure --storage s3 --bucket NAME; --storage local says that this is right.",
    )
