"""Our own server starts again for a new key, which disconnects whoever is inside."""

from __future__ import annotations

from greenroom.domain.rule import PASS, StepView, Verdict, block, rule
from greenroom.rules._our_server import people_disconnected


@rule(gate="security-review")
async def check(step: StepView) -> Verdict:
    """Block while somebody is inside; whoever must do it at once waives this."""
    if step.request.new_key:
        return PASS
    inside = await people_disconnected(step.context)
    if inside:
        return block(
            f"The server on this machine must start again, which disconnects {inside}.",
            "Wait until the rooms are empty, or say why not: --waive rotation-people-inside=REASON.",
        )
    return PASS
