"""Say what people of a role may do."""

from __future__ import annotations

import json
from typing import Annotated, Any

from pydantic import Field

from greenroom.domain.capability import Change, Example, Kind, Means, Words, capability
from greenroom.domain.nouns import SettingsChange, SettingsState
from greenroom.domain.plan import Call
from greenroom.domain.ports import Context
from greenroom.domain.rights import Source
from greenroom.modes import _settings

NAMES = {
    "can_publish": "canPublish",
    "can_subscribe": "canSubscribe",
    "can_publish_data": "canPublishData",
    "can_publish_sources": "canPublishSources",
    "room_admin": "roomAdmin",
    "hidden": "hidden",
    "can_update_own_metadata": "canUpdateOwnMetadata",
    "ttl": "ttl",
}
"""Argument → name below ``auth.roles.<role>``."""


class DefineRole(Change):
    """What is given is set; the rest of the role stays."""

    role: Annotated[
        str,
        Kind.ROLE_TO_BE,
        Words("role", "the role", "role called", "role named"),
        Means("viewer", "viewer", "viewers", "watcher", "watchers"),
        Means("audience", "audience", "the audience"),
        Means("listener", "listener", "listeners"),
        Means("presenter", "presenter", "presenters"),
        Means("speaker", "speaker", "speakers"),
        Means("moderator", "moderator", "moderators"),
        Means("host", "host", "hosts"),
        Means("guest", "guest", "guests"),
        Means("teacher", "teacher", "teachers"),
        Means("student", "student", "students", "pupil", "pupils"),
        Means("assistant", "assistant", "assistants"),
        Field(
            pattern=r"^[A-Za-z0-9_-]{1,64}$", description="Name of the role: viewer, presenter …"
        ),
    ]
    can_publish: Annotated[
        bool | None,
        Means(
            True, "publish", "can publish", "may publish", "speak", "talk", "send audio and video"
        ),
        Means(
            False,
            "must not publish",
            "cannot publish",
            "may not publish",
            "only watch",
            "view only",
        ),
        Field(description="May send audio and video."),
    ] = None
    can_subscribe: Annotated[
        bool | None,
        Means(True, "subscribe", "can subscribe", "may subscribe", "watch", "receive"),
        Means(False, "must not subscribe", "cannot subscribe", "may not subscribe"),
        Field(description="May receive audio and video."),
    ] = None
    can_publish_data: Annotated[
        bool | None,
        Means(True, "chat", "publish data", "send data", "send messages", "may chat", "can chat"),
        Means(False, "must not chat", "cannot chat", "may not chat", "no chat", "not send data"),
        Field(description="May send data messages."),
    ] = None
    can_publish_sources: Annotated[
        list[Source] | None,
        Kind.CHOICE,
        Means("camera", "camera", "webcam", "camera only"),
        Means("microphone", "microphone", "mic", "audio only", "microphone only"),
        Means(
            "screen_share", "screen share", "share screen", "share their screen", "screen sharing"
        ),
        Means("screen_share_audio", "screen share audio", "screen audio"),
        Field(description="Only these sources may be published; empty: all."),
    ] = None
    room_admin: Annotated[
        bool | None,
        Means(True, "room admin", "moderate", "admin rights", "mute and remove people"),
        Field(description="May mute and remove people of the room."),
    ] = None
    hidden: Annotated[
        bool | None,
        Means(True, "hidden", "invisible"),
        Field(description="Others do not see them."),
    ] = None
    can_update_own_metadata: Annotated[
        bool | None,
        Means(True, "change own name", "update own metadata"),
        Field(description="May change their own name, metadata and attributes."),
    ] = None
    ttl: Annotated[
        int | None,
        Kind.DURATION,
        Words("ttl", "tokens last", "lifetime", "valid for"),
        Field(
            ge=1, le=4_294_967_295, description="Seconds that a token of this role opens a room."
        ),
    ] = None


def changes(request: DefineRole) -> dict[str, Any]:
    """Setting → value."""
    given = {f"auth.roles.{request.role}.{name}": getattr(request, f) for f, name in NAMES.items()}
    return {key: value for key, value in given.items() if value is not None}


async def as_written(context: Context, request: DefineRole) -> SettingsState:
    """What the file says now. Raises invalid-config."""
    return context.configuration.written(list(changes(request)))


def put_back(request: DefineRole, before: SettingsState, _result: SettingsChange) -> Call | None:
    """The role as it was, if nobody changed it since."""
    return _settings.put_back(changes(request), before)


def tell(request: DefineRole, _before: SettingsState, result: SettingsChange) -> str:
    """The role, what it says now, and where."""
    said = [f"{key.rpartition('.')[2]} {json.dumps(value)}" for key, value in result.values.items()]
    return f"Role {request.role}: {', '.join(said)}, {_settings.where(result)}"


@capability(
    effect="write",
    positional=("role",),
    rules=("token-admin-audience", "settings-as-asked"),
    before=as_written,
    undo=put_back,
    tell=tell,
    examples=(
        Example("viewers must not publish", role="viewer", can_publish=False),
        Example(
            "define a role presenter that can publish and subscribe",
            role="presenter",
            can_publish=True,
            can_subscribe=True,
        ),
    ),
)
async def define_role(context: Context, request: DefineRole) -> SettingsChange:
    """Write ``auth.roles.<role>`` into the configuration. It holds for tokens that are made with that role from now on."""
    return await _settings.write(context, changes(request))
