"""A storage is named for exports."""

from __future__ import annotations

from greenroom.domain.rule import PASS, StepView, Verdict, rule, warn


@rule(gate="delivery-verification")
async def check(step: StepView) -> Verdict:
    """Warn, and say where the files will be."""
    if step.context.settings.chosen("egress.storage.type"):
        return PASS
    who = "Greenroom's recorder"
    if await step.context.egress.service() == "livekit":
        who = "LiveKit's Egress service, unless that has a storage of its own"
    return warn(
        f"No storage is named for exports: files stay on the disk of {who}.",
        "Name one: greenroom egress configure-storage --storage s3 --bucket NAME; --storage local says that this is right.",
    )
