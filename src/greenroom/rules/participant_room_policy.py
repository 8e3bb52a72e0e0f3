"""Nobody is given a right that the policy of the room withholds."""

from __future__ import annotations

from typing import Any

from greenroom.domain.rights import POLICY, SCREEN, policy_key
from greenroom.domain.rule import PASS, StepView, Verdict, block, rule

WORDS = {
    "can_publish": "publishing",
    "can_subscribe": "receiving the others",
    "can_publish_data": "sending data",
}


@rule(gate="security-review")
async def check(step: StepView) -> Verdict:
    """Block what is asked for against the policy; what the policy allows is nobody's duty."""
    request = step.request
    policy: dict[str, Any] = step.context.settings.chosen(policy_key(request.room)) or {}
    against = [
        words
        for name, words in WORDS.items()
        if getattr(request, name) and policy.get(POLICY[name]) is False
    ]
    sources = set(request.can_publish_sources or ())
    allowed = policy.get("canPublishSources")
    if policy.get("screenSharing") is False and (sources & SCREEN or request.screen_sharing):
        against.append("screen sharing")
    elif allowed and not sources <= set(allowed):
        against.append(f"publishing {' and '.join(sorted(sources - set(allowed)))}")
    if not against:
        return PASS
    return block(
        f"The policy of {request.room} forbids {' and '.join(against)}.",
        f"Leave that out, or change the policy first: greenroom room set-policy {request.room} …",
    )
