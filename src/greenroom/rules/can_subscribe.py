"""Whoever is to receive something may receive anything at all."""

from __future__ import annotations

from greenroom.domain.rule import PASS, StepView, Verdict, block, rule


@rule(gate="requirements-validation")
async def check(step: StepView) -> Verdict:
    """Block: the server takes a subscription of somebody without canSubscribe, and sends nothing."""
    if step.before.can_subscribe:
        return PASS
    request = step.request
    return block(
        f"{request.identity} may not receive anything in {request.room}.",
        f"Allow it first: greenroom room update-participant {request.room} {request.identity} --can-subscribe",
    )
