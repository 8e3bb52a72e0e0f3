"""From what was asked for to the claims of tokens. LiveKit: auth/grants.go; RFC 7519."""

from __future__ import annotations

from typing import Any

from greenroom.domain.ports import Context
from greenroom.domain.rights import SOURCES
from greenroom.modes.auth._rights import Rights
from greenroom.modes.auth._roles import require_role
from greenroom.rules._room_policy import FLAGS, RoomPolicy, asked_for, policy_of

VIDEO = {
    "can_publish": "canPublish",
    "can_subscribe": "canSubscribe",
    "can_publish_data": "canPublishData",
    "can_publish_sources": "canPublishSources",
    "hidden": "hidden",
    "room_admin": "roomAdmin",
    "can_update_own_metadata": "canUpdateOwnMetadata",
    "recorder": "recorder",
    "agent": "agent",
    "can_subscribe_metrics": "canSubscribeMetrics",
    "can_manage_agent_session": "canManageAgentSession",
    "destination_room": "destinationRoom",
    "room_create": "roomCreate",
    "room_list": "roomList",
    "room_record": "roomRecord",
    "ingress_admin": "ingressAdmin",
}
"""Argument → name in the claim ``video``."""
BESIDE = {
    "sip": {"sip_admin": "admin", "sip_call": "call"},
    "inference": {"inference_perform": "perform"},
    "observability": {"observability_write": "write"},
}
"""Other claims with grants → argument → name in it."""


async def the_role(context: Context, request: Rights) -> None:
    """Raises PreconditionFailed (not-found) for a role that nobody defined."""
    if request.role:
        require_role(context, request.role)


def claims_for(context: Context, request: Rights) -> dict[str, Any]:
    """What the tokens of one request have in common: times, grants, metadata, room configuration.

    Only what was asked for stands in it, so that LiveKit's defaults stay LiveKit's. Raises InvalidRequest for a room
    configuration that is none, ConfigurationError for settings with a mistake.
    """
    now = int(context.clock.now())
    claims: dict[str, Any] = {"nbf": now, "exp": now + request.ttl}
    claims["video"] = video_grant(context, request)
    for claim, names in BESIDE.items():
        if given := {name: True for field, name in names.items() if getattr(request, field)}:
            claims[claim] = given
    if request.kind not in {None, "standard"}:
        claims["kind"] = request.kind
    if request.metadata:
        claims["metadata"] = request.metadata
    if request.attributes:
        claims["attributes"] = dict(request.attributes)
    if request.room_config:
        claims["roomConfig"] = dict(context.tokens.room_configuration(request.room_config))
    return claims


def video_grant(context: Context, request: Rights) -> dict[str, Any]:
    """The claim ``video``: what was asked for, within what the room's policy leaves."""
    policy = policy_of(context.settings, request.room)
    values = {field: getattr(request, field) for field in VIDEO}
    values |= within(policy, values, asked_for(request, context.configured))
    said = {f: value for f, value in values.items() if value or (value is False and f in FLAGS)}
    named = {VIDEO[field]: value for field, value in said.items()}
    return {"roomJoin": True, "room": request.room, **named}


def within(policy: RoomPolicy, values: dict[str, Any], asked: frozenset[str]) -> dict[str, Any]:
    """What the policy changes. What somebody asked for stays: the rule token-room-policy has judged that."""
    changed: dict[str, Any] = dict.fromkeys(policy.forbids - asked, False)
    if policy.hidden and "hidden" not in asked:
        changed["hidden"] = True
    publishes = changed.get("can_publish", values["can_publish"]) is not False
    if publishes and policy.sources != SOURCES and "can_publish_sources" not in asked:
        wanted = values["can_publish_sources"] or SOURCES
        left = [source for source in wanted if source in policy.sources]
        changed["can_publish_sources"] = left
        if not left:
            # To LiveKit an empty list means all of them.
            changed["can_publish"] = False
    return changed
