"""The preset's table is no longer in the file that it was removed from."""

from __future__ import annotations

from greenroom.domain.rule import PASS, StepView, Verdict, block, rule


@rule(gate="requirements-validation", stage="after")
async def check(step: StepView) -> Verdict:
    """Read the configuration again."""
    found = step.before.defined
    if found.place in [source.layer for source in step.context.settings.said_by(found.key)]:
        return block(f"Preset {step.request.name} was removed, and is still in {found.place}.")
    return PASS
