"""Change what a participant may do, their name, metadata or attributes."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Annotated, Any

from pydantic import Field, field_validator

from greenroom.domain.capability import Change, Example, Kind, Means, Words, capability
from greenroom.domain.errors import InvalidRequest
from greenroom.domain.nouns import Participant
from greenroom.domain.plan import Call
from greenroom.domain.ports import Context
from greenroom.domain.rights import RIGHTS, changes_for
from greenroom.modes._fields import ExistingRoom, PersonInside
from greenroom.modes._state import existing_participant
from greenroom.modes.room._fields import (
    CanPublish,
    CanPublishData,
    CanSubscribe,
    Hidden,
    PublishSources,
    ScreenSharing,
)

NOT_CLEARED = "LiveKit cannot take a name or metadata away, only replace it."


class UpdateParticipant(Change):
    """LiveKit: UpdateParticipantRequest. What is given is changed; the rest stays."""

    room: ExistingRoom
    identity: PersonInside
    name: Annotated[
        str,
        Kind.DISPLAY_NAME,
        Words("name", "display name", "name to", "rename", "renamed", "shown as", "called", "as"),
        Field(max_length=256, description="Name that others see."),
    ] = ""
    metadata: Annotated[
        str,
        Kind.TEXT,
        Words("metadata", "metadata to", "metadata with"),
        Field(description="Text that everyone in the room can read; 64,000 bytes at most."),
    ] = ""
    attributes: Annotated[
        dict[str, str],
        Kind.TEXT,
        Words("attribute", "attributes", "attribute to"),
        Field(description="By name, as JSON or name=value; an empty value takes one away."),
    ] = Field(default_factory=dict)
    can_publish: CanPublish = None
    can_publish_sources: PublishSources = None
    screen_sharing: ScreenSharing = None
    can_subscribe: CanSubscribe = None
    can_publish_data: CanPublishData = None
    hidden: Hidden = None
    can_update_metadata: Annotated[
        bool | None,
        Means(True, "change their name", "rename themselves", "update own metadata"),
        Field(description="May change their own name, metadata and attributes."),
    ] = None

    @field_validator("attributes", mode="before")
    @classmethod
    def from_text(cls, value: Any) -> Any:
        """Words and command lines give JSON or ``name=value, name=value``."""
        if not isinstance(value, str):
            return value
        if value.lstrip().startswith("{"):
            return json.loads(value)
        pairs = [pair.partition("=") for pair in value.split(",")]
        if not all(sign for _, sign, _ in pairs):
            msg = "write name=value, or a JSON object"
            raise ValueError(msg)
        return {name.strip(): text.strip() for name, _, text in pairs}


def rights_asked(request: UpdateParticipant, now: Participant) -> dict[str, Any]:
    """Fields of ``Permission`` that become others by this."""
    changes = changes_for(now.permission, {name: getattr(request, name) for name in RIGHTS})
    own = request.can_update_metadata
    if own is not None and own != now.permission.can_update_metadata:
        changes["can_update_metadata"] = own
    return changes


async def the_participant(context: Context, request: UpdateParticipant) -> Participant:
    """The participant as they are before. Raises not-found."""
    return await existing_participant(context, request.room, request.identity)


def put_back(request: UpdateParticipant, before: Participant, result: Participant) -> Call | None:
    """What was there before, as far as LiveKit can: a name or metadata that was empty cannot be emptied again."""
    arguments: dict[str, Any] = {}
    expects: dict[str, Any] = {"sid": before.sid}
    for field in ("name", "metadata"):
        if getattr(before, field) != getattr(result, field) and getattr(before, field):
            arguments[field] = getattr(before, field)
            expects[field] = getattr(result, field)
    had = {name: before.attributes.get(name, "") for name in request.attributes}
    if any(had[name] != value for name, value in request.attributes.items()):
        arguments["attributes"] = had
    for name in rights_asked(request, before):
        arguments[name] = asdict(before.permission)[name]
        expects[f"permission.{name}"] = asdict(result.permission)[name]
    if not arguments:
        return None
    expects = {
        path: list(value) if isinstance(value, tuple) else value for path, value in expects.items()
    }
    arguments = {
        name: list(value) if isinstance(value, tuple) else value
        for name, value in arguments.items()
    }
    return Call(
        capability="room.update_participant",
        arguments={"room": request.room, "identity": request.identity, **arguments},
        expects=expects,
    )


def tell(request: UpdateParticipant, before: Participant, result: Participant) -> str:
    """What is different now."""
    said = [
        f"{field} is {getattr(result, field)}"
        for field in ("name", "metadata")
        if getattr(before, field) != getattr(result, field)
    ]
    changed = {k: v for k, v in request.attributes.items() if before.attributes.get(k, "") != v}
    said += [f"attribute {k} is {v}" if v else f"attribute {k} is gone" for k, v in changed.items()]
    for name, value in rights_asked(request, before).items():
        shown = (
            " and ".join(value) or "all" if isinstance(value, list) else "yes" if value else "no"
        )
        said.append(f"{name.replace('_', ' ')}: {shown}")
    if not said:
        return f"{request.identity} in {request.room} was that already; nothing was changed."
    lost = [f for f in ("name", "metadata") if getattr(request, f) and not getattr(before, f)]
    note = f" {NOT_CLEARED}" if lost else ""
    return f"{request.identity} in {request.room}: {', '.join(said)}.{note}"


@capability(
    effect="write",
    grant="roomAdmin",
    positional=("room", "identity"),
    rules=(
        "secure-transport",
        "metadata-size",
        "attributes-size",
        "participant-room-policy",
        "participant-as-asked",
    ),
    before=the_participant,
    undo=put_back,
    tell=tell,
    examples=(
        Example(
            "let dana publish in room standup", room="standup", identity="dana", can_publish=True
        ),
        Example(
            'change the name of dana in room standup to "Dana S."',
            room="standup",
            identity="dana",
            name="Dana S.",
        ),
    ),
)
async def update_participant(context: Context, request: UpdateParticipant) -> Participant:
    """Change it; clients are told. Raises not-found. LiveKit: RoomService.UpdateParticipant, which replaces rights as a whole: they are read, changed and written."""
    before: Participant = context.before
    if any(not name for name in request.attributes):
        msg = "An attribute has no name."
        raise InvalidRequest(msg, hint="Write name=value.")
    return await context.rooms.update_participant(
        request.room,
        request.identity,
        name=request.name,
        metadata=request.metadata,
        attributes=request.attributes,
        permission=rights_asked(request, before),
    )
