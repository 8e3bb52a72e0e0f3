"""Create join tokens for one or many people."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from greenroom.domain.capability import Example, Kind, Request, Words, capability
from greenroom.domain.nouns import TokenList
from greenroom.domain.ports import Context
from greenroom.modes.auth._grants import claims_for
from greenroom.modes.auth._lifetime import in_words
from greenroom.modes.auth._minting import mint
from greenroom.modes.auth._rights import TOKEN_RULES, Rights
from greenroom.modes.auth._roles import require_role

Identity = Annotated[str, Field(min_length=1, max_length=256)]


class People(Request):
    """Whom tokens are for. A class of its own because the first field is the first that is asked for."""

    identities: Annotated[
        list[Identity],
        Kind.PERSON_TO_BE,
        Words(
            "user", "users", "participant", "participants", "identity", "for", "person", "people"
        ),
        Field(
            min_length=1, description="Who the tokens are for; each identity is unique in a room."
        ),
    ]


class CreateToken(Rights, People):
    """Claims of an access token. LiveKit: ClaimGrants, VideoGrant."""

    name: Annotated[
        str,
        Kind.DISPLAY_NAME,
        Words("display name", "shown as", "displayed as", "appears as", "full name"),
        Field(max_length=256, description="Name that others see."),
    ] = ""
<<<<<<< HEAD
    role: Annotated[
        str,
        Kind.TEXT,
        Means("viewer", "role viewer", "role of viewer"),
        Means("presenter", "role presenter", "role of presenter"),
        Means("speaker", "role speaker", "role of speaker"),
        Means("moderator", "role moderator", "role of moderator"),
        Means("host", "role host", "role of host"),
        Means("guest", "role guest", "role of guest"),
        Means("teacher", "role teacher", "role of teacher"),
        Means("student", "role student", "role of student"),
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
            "auth.roles.{role}.canPublish", "room.defaultSettings.participantPermissions.canPublish"
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
        Setting("auth.roles.{role}.canPublishSources"),
        Field(description="Only these sources may be published; empty: all."),
    ] = Field(default_factory=list)
    hidden: Annotated[
        bool,
        Means(True, "hidden", "invisible", "invisibly", "unseen"),
        Setting("auth.roles.{role}.hidden", "room.defaultSettings.participantPermissions.hidden"),
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
        Field(description="May change their own name, metadata and attributes."),
    ] = False
    reason: Annotated[
        str,
        Kind.REASON,
        Words("because", "reason", "since", "the reason is"),
        Field(description="Why a life over 24 hours is needed."),
    ] = ""


def video_grant(request: CreateToken) -> dict[str, Any]:
    """The ``video`` claim: only what was asked for, so that LiveKit's defaults stay LiveKit's."""
    grant: dict[str, Any] = {"roomJoin": True, "room": request.room}
    optional = {
        "canPublish": request.can_publish,
        "canSubscribe": request.can_subscribe,
        "canPublishData": request.can_publish_data,
        "canPublishSources": list(request.can_publish_sources) or None,
        "hidden": request.hidden or None,
        "roomAdmin": request.room_admin or None,
        "canUpdateOwnMetadata": request.can_update_own_metadata or None,
    }
    return grant | {claim: value for claim, value in optional.items() if value is not None}


def in_words(seconds: int) -> str:
    """``6 hours``, ``90 minutes``, ``45 seconds``: the largest unit that divides it."""
    for size, unit in ((86400, "day"), (3600, "hour"), (60, "minute"), (1, "second")):
        if seconds % size == 0:
            count = seconds // size
            return f"{count} {unit}{'' if count == 1 else 's'}"
    raise AssertionError
=======
>>>>>>> auth


async def the_role(context: Context, request: CreateToken) -> None:
    """Raises PreconditionFailed (not-found) for a role that nobody defined."""
    if request.role:
        require_role(context, request.role)


def tell(request: CreateToken, _before: None, result: TokenList) -> str:
    """For whom, for which room, how long."""
    count = len(result.tokens)
    who = request.identities[0] if count == 1 else f"{count} people"
    return (
        f"Token{'' if count == 1 else 's'} for {who} to join {request.room}, "
        f"valid for {in_words(request.ttl)}."
    )


@capability(
    effect="write",
    positional=("identities",),
    rules=TOKEN_RULES,
    before=the_role,
    cannot_undo="A signed token stays valid until it expires; `--ttl` keeps that short.",
    tell=tell,
    examples=(
        Example(
            'Generate a JWT token for user "alice" for room "standup" with permissions to publish and subscribe',
            identities=["alice"],
            room="standup",
            can_publish=True,
            can_subscribe=True,
        ),
        Example(
            'Generate a participant token for user "bob@example.com" with display name "Bob Smith" '
            'for room "team-meeting" with permissions to publish audio and video, '
            "subscribe to all tracks, and share screen",
            identities=["bob@example.com"],
            name="Bob Smith",
            room="team-meeting",
            can_publish=True,
            can_subscribe=True,
            can_publish_sources=["camera", "microphone", "screen_share"],
        ),
        Example(
            "token for dana in room lobby, view only, valid for two hours",
            identities=["dana"],
            room="lobby",
            can_publish=False,
            ttl=7200,
        ),
    ),
)
async def create_token(context: Context, request: CreateToken) -> TokenList:
    """Sign one token a person; no server is asked. Raises interrupted, with those that are made. RFC 7519, HS256; claims as in LiveKit's auth/grants.go."""
    claims = claims_for(context, request)
    if request.name:
        claims["name"] = request.name
    return await mint(context, request.room, request.identities, claims)
