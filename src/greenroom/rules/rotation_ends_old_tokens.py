"""A key that ends takes every token with it that it signed."""

from __future__ import annotations

from greenroom.domain.rule import PASS, StepView, Verdict, block, rule, warn
from greenroom.rules._our_server import people_disconnected

TAKE_OURS = 'Use the new key first: eval "$(greenroom server env)", or unset LIVEKIT_API_KEY.'
"""The old key of our own server is in use only where somebody named it, as ``server env`` does."""


@rule(gate="security-review")
async def check(step: StepView) -> Verdict:
    """Block where the key in use would end; warn about tokens and people, before anybody approves."""
    in_use, before = step.context.target.api_key, step.before
    ends = before.pairs[-1].key if before.ours else step.request.old_key
    if ends == in_use:
        return block(
            f"{ends} is the key in use here: nothing would work any more.",
            TAKE_OURS
            if before.ours
            else "Use the new key first: greenroom auth rotate-key says how.",
        )
    if not before.ours:
        return PASS
    inside = await people_disconnected(step.context)
    gone = f" The server starts again, which disconnects {inside}." if inside else ""
    return warn(f"Tokens that {ends} signed are not accepted any more.{gone}")
