"""The settings hold that were asked for."""

from __future__ import annotations

from greenroom.domain.rule import PASS, StepView, Verdict, block, rule, warn


@rule(gate="requirements-validation", stage="after")
async def check(step: StepView) -> Verdict:
    """Read the configuration again. What a higher layer overrides is a warning: it was written, and has no effect here."""
    if step.result.overridden:
        return warn(" ".join(step.result.overridden), "Change it there, or remove it there.")
    for key, value in step.result.values.items():
        if step.context.settings.chosen(key) != value:
            return block(f"{key} was written, and reads otherwise.")
    return PASS
