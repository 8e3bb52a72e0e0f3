"""A preset that comes with Greenroom, or that simulcast names, stays."""

from __future__ import annotations

from greenroom.domain.rule import PASS, StepView, Verdict, block, rule, warn


@rule(gate="requirements-validation")
async def check(step: StepView) -> Verdict:
    """Block where no file of people's defines it or something needs it; warn where a packaged preset remains."""
    name, found = step.request.name, step.before.defined
    if len(step.before.kinds) > 1:
        return block(
            f"{name} is a video preset and an audio preset.",
            f"Say which: greenroom config unset track.audioPresets.{name}",
        )
    if found.place is None and found.packaged:
        return block(
            f"Preset {name} is LiveKit's own, comes with Greenroom and cannot be removed.",
            f"Change it: greenroom track define-{step.before.kinds[0]}-preset {name} …",
        )
    if found.place is None:
        return block(
            f"Preset {name} is defined by {found.elsewhere[0]}, not by a file.",
            "Remove it there.",
        )
    if found.packaged:
        return warn(f"Preset {name} comes with Greenroom: only your changes of it are dropped.")
    if step.before.layer_of and not found.elsewhere:
        return block(
            f"Simulcast has {name} as a layer.",
            "Give it other layers first: greenroom track configure-simulcast --layers …",
        )
    return PASS
