"""A transcript that is wanted is made."""

from __future__ import annotations

from greenroom.domain.rule import PASS, StepView, Verdict, rule, warn


@rule(gate="requirements-validation")
async def check(step: StepView) -> Verdict:
    """Warn: nothing makes transcripts yet. The recording is made all the same, and its sound is kept."""
    if not step.request.transcription:
        return PASS
    return warn(
        "No transcript is made yet: the recording is made, and the journal keeps that a transcript was wanted.",
        "Transcribe the file by other means.",
    )
