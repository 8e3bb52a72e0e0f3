"""The files of the recording can be reached from here."""

from __future__ import annotations

from greenroom.domain.rule import PASS, StepView, Verdict, block, rule


@rule(gate="architectural-alignment")
async def check(step: StepView) -> Verdict:
    """Block where one lies on a machine of somebody else's, or in a storage that the settings do not name."""
    found = step.before
    if not found.beyond:
        return PASS
    return block(f"{', '.join(found.beyond)}: {found.why}", found.remedy)
