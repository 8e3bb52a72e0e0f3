"""Recordings may be made: no setting forbids it."""

from __future__ import annotations

from greenroom.domain.rule import PASS, StepView, Verdict, block, rule

KEYS = ("recording.enabled", "egress.enabled")


@rule(gate="compliance-verification")
async def check(step: StepView) -> Verdict:
    """Block where ``recording.enabled`` or ``egress.enabled`` is false. A room may be made that is not to be recorded."""
    if not getattr(step.request, "recording", True):
        return PASS
    settings = step.context.settings.now()
    for key in KEYS:
        if settings.chosen(key) is False:
            said = settings.said_by(key)
            where = f", in {said[0].file}" if said and said[0].file else ""
            return block(
                f"The setting {key} is false{where}: no recording may be started.",
                f"Set it to true where recordings are allowed: greenroom config set {key} true.",
            )
    return PASS
