"""A room that was deleted moments ago may still be draining under its name."""

from __future__ import annotations

from greenroom.domain.rule import PASS, StepView, Verdict, rule, warn

DRAIN = 30
"""Seconds. livekit/livekit#4726, #4558."""


@rule(gate="architectural-alignment")
async def check(step: StepView) -> Verdict:
    """Warn when this journal saw the name deleted less than 30 s ago."""
    since = step.context.clock.now() - DRAIN
    for arguments in step.context.journal.begun_since("room.delete", since):
        if arguments.get("room") == step.request.name:
            return warn(
                f"{step.request.name} was deleted less than {DRAIN} s ago; "
                "people of the old room may still be on their way out.",
                "Wait half a minute, or use another name.",
            )
    return PASS
