"""CreateRoom leaves existing rooms as they are."""

from __future__ import annotations

from greenroom.domain.rule import PASS, StepView, Verdict, rule, warn


@rule(gate="requirements-validation")
async def check(step: StepView) -> Verdict:
    """Say which are there already."""
    if not step.before:
        return PASS
    few = 5
    names = sorted(step.before)
    shown = ", ".join(names[:few]) + (f" and {len(names) - few} more" if len(names) > few else "")
    one = len(names) == 1
    return warn(
        f"{shown} {'exists' if one else 'exist'} already and {'stays as it is' if one else 'stay as they are'}."
    )
