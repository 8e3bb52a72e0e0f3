"""A storage that is named has a bucket."""

from __future__ import annotations

from greenroom.domain.rule import PASS, StepView, Verdict, rule, warn


@rule(gate="requirements-validation")
async def check(step: StepView) -> Verdict:
    """Warn where neither the request nor the settings name the bucket: the next recording would be refused."""
    request, settings = step.request, step.context.settings
    kind = request.storage or settings.chosen("recording.storage.type")
    bucket = request.bucket or settings.chosen("recording.storage.bucket")
    if kind in {None, "local"} or bucket:
        return PASS
    return warn(
        f"The storage {kind} has no bucket yet, so recordings cannot be started.",
        "Name it: greenroom recording configure --bucket NAME.",
    )
