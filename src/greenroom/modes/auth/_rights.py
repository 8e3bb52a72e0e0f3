"""What a token may say beside whom it is for: the room, the role, the life, and every grant that LiveKit knows."""

from __future__ import annotations

import json
from typing import Annotated, Any, Literal

from pydantic import Field, field_validator

from greenroom.domain.capability import Kind, Means, Request, Setting, Words
from greenroom.domain.rights import SOURCES
from greenroom.modes.auth._lifetime import DEFAULT_TTL

Source = Annotated[str, Field(max_length=64, json_schema_extra={"enum": list(SOURCES)})]
"""A publish source. Any text passes here: the rule token-sources says which one was meant."""
ParticipantKind = Literal["standard", "ingress", "egress", "sip", "agent", "connector", "bridge"]


TOKEN_RULES = (
    "room-name-safe",
    "metadata-size",
    "attributes-size",
    "token-lifetime",
    "token-admin-audience",
    "token-server-rights",
    "token-sources",
    "token-room-policy",
    "token-room-config",
    "secret-length",
    "token-verifies",
)
"""What must hold for every token that is made."""


class Rights(Request):
    """Claims of an access token. LiveKit: ClaimGrants, VideoGrant, SIPGrant, InferenceGrant, ObservabilityGrant."""

    room: Annotated[
        str,
        Kind.ROOM_TO_BE,
        Words("room", "for room", "in room", "to join", "join", "into", "to", "in"),
        Field(min_length=1, max_length=256, description="The one room that the token opens."),
    ]
    role: Annotated[
        str,
        Kind.ROLE,
        Means("viewer", "role viewer", "role of viewer"),
        Means("presenter", "role presenter", "role of presenter"),
        Means("speaker", "role speaker", "role of speaker"),
        Means("moderator", "role moderator", "role of moderator"),
        Means("host", "role host", "role of host"),
        Means("guest", "role guest", "role of guest"),
        Means("teacher", "role teacher", "role of teacher"),
        Means("student", "role student", "role of student"),
        Means("assistant", "role assistant", "role of assistant"),
        Means("audience", "role audience", "role of audience"),
        Means("listener", "role listener", "role of listener"),
        Means("recorder", "role recorder", "role of recorder"),
        Means("agent", "role agent", "role of agent"),
        Words("role", "with role", "with the role", "in the role of", "has the role"),
        Field(
            description="Role of the configuration; what it says holds unless said otherwise here."
        ),
    ] = ""
    ttl: Annotated[
        int,
        Kind.DURATION,
        Words(
            "valid for",
            "valid",
            "ttl",
            "expires in",
            "expires after",
            "expiring",
            "lasts",
            "lasting",
            "good for",
        ),
        Setting("auth.roles.{role}.ttl", "auth.defaultTtl"),
        Field(ge=1, description="Seconds until the token no longer opens the room."),
    ] = DEFAULT_TTL
    metadata: Annotated[
        str,
        Kind.TEXT,
        Words("metadata"),
        Field(description="Text that everyone in the room can read."),
    ] = ""
    attributes: Annotated[
        dict[str, str],
        Kind.TEXT,
        Words("attributes", "attribute", "with attributes"),
        Field(description='Text by name that everyone in the room can read: {"team": "red"}.'),
    ] = Field(default_factory=dict)
    room_config: Annotated[
        dict[str, Any],
        Kind.TEXT,
        Words("room config", "room configuration", "roomconfig", "room settings"),
        Field(
            description="What the room gets when this token opens it, as LiveKit's RoomConfiguration: "
            'emptyTimeout, departureTimeout, maxParticipants, metadata, agents: {"maxParticipants": 20}.'
        ),
    ] = Field(default_factory=dict)
    can_publish: Annotated[
        bool | None,
        Means(True, "publish", "can publish", "speak", "talk", "present", "send audio and video"),
        Means(
            False,
            "view only",
            "viewer",
            "viewers",
            "listener",
            "listeners",
            "listening",
            "only listening",
            "watching",
            "only watching",
            "spectator",
            "spectators",
            "audience",
            "observer",
            "listen only",
            "read only",
            "only watch",
            "watch only",
            "only listen",
            "just watch",
            "just listen",
            "cannot publish",
            "can't publish",
            "not publish",
            "no publishing",
            "must not publish",
            "without publishing",
        ),
        Setting(
            "auth.roles.{role}.canPublish",
            "room.policies.{room}.canPublish",
            "room.defaultSettings.participantPermissions.canPublish",
        ),
        Field(description="May send audio and video; None: LiveKit's default, yes."),
    ] = None
    can_subscribe: Annotated[
        bool | None,
        Means(
            True,
            "subscribe",
            "subscribe to all tracks",
            "can subscribe",
            "receive audio",
            "receive video",
            "see the others",
        ),
        Means(
            False,
            "cannot subscribe",
            "can't subscribe",
            "not subscribe",
            "publish only",
            "send only",
        ),
        Setting(
            "auth.roles.{role}.canSubscribe",
            "room.policies.{room}.canSubscribe",
            "room.defaultSettings.participantPermissions.canSubscribe",
        ),
        Field(description="May receive audio and video; None: LiveKit's default, yes."),
    ] = None
    can_publish_data: Annotated[
        bool | None,
        Means(True, "publish data", "send data", "send messages", "chat"),
        Means(False, "no data", "cannot send data", "no chat", "can't chat", "cannot chat"),
        Setting(
            "auth.roles.{role}.canPublishData",
            "room.policies.{room}.canPublishData",
            "room.defaultSettings.participantPermissions.canPublishData",
        ),
        Field(description="May send data messages; None: as can_publish."),
    ] = None
    can_publish_sources: Annotated[
        list[Source],
        Kind.CHOICE,
        Means("camera", "camera", "video", "webcam", "cam"),
        Means(
            "microphone",
            "microphone",
            "mic",
            "audio",
            "audio only",
            "only audio",
            "only audio",
            "voice",
        ),
        Means(
            "screen_share",
            "screen share",
            "share screen",
            "screen sharing",
            "share her screen",
            "share his screen",
            "share their screen",
            "share the screen",
            "screenshare",
        ),
        Means("screen_share_audio", "screen share audio", "screen audio", "share system audio"),
        Setting("auth.roles.{role}.canPublishSources", "room.policies.{room}.canPublishSources"),
        Field(description="Only these sources may be published; empty: all."),
    ] = Field(default_factory=list)
    hidden: Annotated[
        bool,
        Means(True, "hidden", "invisible", "invisibly", "unseen"),
        Setting(
            "auth.roles.{role}.hidden",
            "room.policies.{room}.hidden",
            "room.defaultSettings.participantPermissions.hidden",
        ),
        Field(description="Others do not see them."),
    ] = False
    room_admin: Annotated[
        bool,
        Means(True, "room admin", "admin", "moderator", "admin rights", "as admin", "moderate"),
        Setting("auth.roles.{role}.roomAdmin"),
        Field(description="May mute and remove people of that room."),
    ] = False
    can_update_own_metadata: Annotated[
        bool,
        Means(
            True,
            "update own metadata",
            "change their name",
            "update their metadata",
            "rename themselves",
            "change his own metadata",
            "change her own metadata",
            "edit own metadata",
        ),
        Setting("auth.roles.{role}.canUpdateOwnMetadata"),
        Field(description="May change their own name, metadata and attributes."),
    ] = False
    kind: Annotated[
        ParticipantKind | None,
        Setting("auth.roles.{role}.kind"),
        Field(
            description="What they are to LiveKit; None: a person (standard). Programs are not counted as people."
        ),
    ] = None
    recorder: Annotated[
        bool,
        Setting("auth.roles.{role}.recorder"),
        Field(description="Records: unseen beside hidden, and not counted among the people."),
    ] = False
    agent: Annotated[
        bool,
        Field(description="May register as a worker for agents; takes part as one."),
    ] = False
    can_subscribe_metrics: Annotated[
        bool,
        Field(description="May receive the metrics of the room."),
    ] = False
    can_manage_agent_session: Annotated[
        bool,
        Field(description="May manage sessions of agents."),
    ] = False
    destination_room: Annotated[
        str,
        Field(
            max_length=256,
            description="With room_admin: where people may be moved or forwarded to.",
        ),
    ] = ""
    room_create: Annotated[
        bool,
        Field(description="All rooms: may create and delete them."),
    ] = False
    room_list: Annotated[
        bool,
        Field(description="All rooms: may list them."),
    ] = False
    room_record: Annotated[
        bool,
        Field(description="All rooms: may record and stream them."),
    ] = False
    ingress_admin: Annotated[
        bool,
        Field(description="All rooms: may manage ingress."),
    ] = False
    sip_admin: Annotated[
        bool,
        Field(description="May manage SIP trunks and dispatch rules."),
    ] = False
    sip_call: Annotated[
        bool,
        Field(description="May place calls over SIP."),
    ] = False
    inference_perform: Annotated[
        bool,
        Field(description="May use LiveKit's inference."),
    ] = False
    observability_write: Annotated[
        bool,
        Field(description="May write observability data."),
    ] = False
    reason: Annotated[
        str,
        Kind.REASON,
        Words("because", "reason", "since", "the reason is"),
        Field(description="Why a life over 24 hours is needed."),
    ] = ""

    @field_validator("attributes", "room_config", mode="before")
    @classmethod
    def from_text(cls, value: Any) -> Any:
        """A command line and words give JSON, or name=value with commas between."""
        if not isinstance(value, str):
            return value
        text = value.strip()
        if text.startswith("{"):
            return json.loads(text)
        pairs = [part.split("=", 1) for part in text.split(",") if part.strip()]
        if any(len(pair) != 2 for pair in pairs):
            msg = 'write {"name": "value"} or name=value'
            raise ValueError(msg)
        return {name.strip(): one.strip() for name, one in pairs}
