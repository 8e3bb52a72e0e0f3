"""A destination is forgotten where a file defines it."""

from __future__ import annotations

from greenroom.domain.rule import PASS, StepView, Verdict, block, rule, warn


@rule(gate="requirements-validation")
async def check(step: StepView) -> Verdict:
    """Block where variables or arguments define it; warn where another layer still does afterwards."""
    found = step.before
    if found.place is None:
        layer = found.elsewhere[0] if found.elsewhere else "another layer"
        return block(
            f"Destination {step.request.name} is defined by {layer}, not by a file.",
            "Remove it there.",
        )
    if found.elsewhere:
        return warn(f"Layer {found.elsewhere[0]} defines {step.request.name}, too, and will hold.")
    return PASS
