"""A role that comes with Greenroom stays; only what was changed of it can be dropped."""

from __future__ import annotations

from greenroom.domain.rule import PASS, StepView, Verdict, block, rule, warn


@rule(gate="requirements-validation")
async def check(step: StepView) -> Verdict:
    """Block where no file of people's defines it; warn where a packaged role remains."""
    role, found = step.request.role, step.before
    if found.place is None and found.packaged:
        return block(
            f"Role {role} comes with Greenroom and cannot be removed.",
            f"Change it: greenroom auth define-role {role} …",
        )
    if found.place is None:
        return block(
            f"Role {role} is defined by {found.elsewhere[0]}, not by a file.",
            "Remove it there.",
        )
    if found.packaged:
        return warn(f"Role {role} comes with Greenroom: only your changes of it are dropped.")
    return PASS
