"""A token allows no more than the policy of its room."""

from __future__ import annotations

from greenroom.domain.rights import SCREEN
from greenroom.domain.rule import PASS, StepView, Verdict, block, rule, warn
from greenroom.rules._room_policy import RoomPolicy, asked_for, policy_of

WORDS = {
    "can_publish": "sending audio and video",
    "can_subscribe": "receiving audio and video",
    "can_publish_data": "sending data",
}


@rule(gate="security-review")
async def check(step: StepView) -> Verdict:
    """Block what somebody asked for against the policy; warn about what a role loses by it."""
    request = step.request
    policy = policy_of(step.context.settings, request.room)
    asked = asked_for(request, step.context.configured)
    against = forbidden(policy, request, asked)
    if against:
        return block(
            f"The policy of room {policy.room} forbids {' and '.join(against)}.",
            f"Leave that out, or change the policy: the setting room.policies.{policy.room}.",
        )
    lost = [s for s in request.can_publish_sources if s not in policy.sources]
    if lost and request.can_publish is not False:
        return warn(
            f"The policy of room {policy.room} forbids {in_words(lost)}, which role {request.role} "
            "has: it is left out."
        )
    return PASS


def forbidden(policy: RoomPolicy, request: object, asked: frozenset[str]) -> list[str]:
    """What was asked for and the policy forbids, in words."""
    found = [
        words
        for field, words in WORDS.items()
        if field in policy.forbids & asked and getattr(request, field)
    ]
    if "can_publish_sources" in asked:
        sources: list[str] = getattr(request, "can_publish_sources", [])
        if beyond := [s for s in sources if s not in policy.sources]:
            found.append(in_words(beyond))
    if policy.hidden and "hidden" in asked and not getattr(request, "hidden", False):
        found.append("being seen by others")
    return found


def in_words(sources: list[str]) -> str:
    """``screen sharing`` for both halves of it, else the names."""
    named = ["screen sharing" if s in SCREEN else s for s in sources]
    return " and ".join(dict.fromkeys(named))
