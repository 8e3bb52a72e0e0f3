"""Only what shows a whole room has a layout."""

from __future__ import annotations

from greenroom.domain.rule import PASS, StepView, Verdict, block, rule


@rule(gate="architectural-alignment")
async def check(step: StepView) -> Verdict:
    """Block for one person, a track or a web page. LiveKit: UpdateLayout is of a room composite."""
    info = step.before
    if info.source == "room":
        return PASS
    return block(
        f"{info.egress_id} is made of {info.subject or info.source} alone, so it has no layout.",
        "Record or stream the whole room for one.",
    )
