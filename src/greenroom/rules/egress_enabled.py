"""Streams and exports are started only where the configuration does not switch them off."""

from __future__ import annotations

from greenroom.domain.rule import PASS, StepView, Verdict, block, rule


@rule(gate="delivery-verification")
async def check(step: StepView) -> Verdict:
    """Block where egress.enabled is false."""
    settings = step.context.settings.now()
    if settings.chosen("egress.enabled") is not False:
        return PASS
    source = settings.said_by("egress.enabled")[0]
    return block(
        f"Streams and exports are switched off ({source.layer}, {source.file}).",
        "Switch them on: greenroom config set egress.enabled true",
    )
