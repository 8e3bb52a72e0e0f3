"""The configuration keeps the policy that was asked for."""

from __future__ import annotations

from greenroom.domain.rights import policy_key
from greenroom.domain.rule import PASS, StepView, Verdict, block, rule, warn


@rule(gate="requirements-validation", stage="after")
async def check(step: StepView) -> Verdict:
    """Read the settings again. What a higher layer overrides is a warning: it was written, and has no effect here."""
    settings = getattr(step.result, "settings", None)
    if settings is not None and settings.overridden:
        return warn(" ".join(settings.overridden), "Change it there, or remove it there.")
    room = step.result.room if settings is not None else step.result.name
    for name, value in step.result.policy.items():
        if step.context.settings.chosen(policy_key(room, name)) != value:
            return block(f"{name} of {room} was written, and reads otherwise.")
    return PASS
