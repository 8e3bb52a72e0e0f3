"""Whoever is to be left alone should be somebody who is there: a name with a slip would be muted."""

from __future__ import annotations

from difflib import get_close_matches

from greenroom.domain.rule import PASS, StepView, Verdict, block, rule, warn


@rule(gate="requirements-validation")
async def check(step: StepView) -> Verdict:
    """Block where somebody of nearly that name is inside; warn where nobody is."""
    inside = {name.casefold(): name for name in step.before.people}
    missing = [name for name in step.request.keep if name.casefold() not in inside]
    for name in missing:
        near = get_close_matches(name.casefold(), inside, n=1, cutoff=0.75)
        if near:
            return block(f"Nobody called {name} is there.", f"Did you mean {inside[near[0]]}?")
    if missing:
        return warn(f"Nobody called {', '.join(missing)} is there to be left alone.")
    return PASS
