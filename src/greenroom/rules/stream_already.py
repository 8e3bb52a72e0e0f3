"""A room that streams already is streamed twice only when somebody means it."""

from __future__ import annotations

from greenroom.domain.rule import PASS, StepView, Verdict, rule, warn


@rule(gate="delivery-verification")
async def check(step: StepView) -> Verdict:
    """Warn: one stream can go to several places, for the price of one."""
    streams = [one for one in step.before.running if one.is_stream]
    if not streams:
        return PASS
    places = ", ".join(r.location for one in streams for r in one.results if r.kind == "stream")
    return warn(
        f"{step.request.room} is streamed already ({streams[0].egress_id}: {places}); this is one more.",
        f"To send that one to another place, too: greenroom egress add-stream {step.request.room} …",
    )
