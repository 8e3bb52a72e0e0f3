"""A topic belongs to one data channel."""

from __future__ import annotations

from greenroom.domain.rule import PASS, StepView, Verdict, rule, warn


@rule(gate="architectural-alignment")
async def check(step: StepView) -> Verdict:
    """Clients tell channels apart by the topic alone: two with one topic get each other's messages."""
    topic = step.before.then["topic"]
    channels = step.context.settings.chosen("track.dataChannels") or {}
    others = [n for n, c in channels.items() if n != step.request.name and c.get("topic") == topic]
    if others:
        return warn(
            f"Topic {topic} is that of channel {others[0]} too: each gets the other's messages.",
            "Choose another topic.",
        )
    return PASS
