"""Protobuf messages of LiveKit as Greenroom's nouns. LiveKit: livekit_models.proto."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from greenroom.domain.nouns import Participant, Room

if TYPE_CHECKING:
    from livekit.protocol import models


def to_room(found: models.Room) -> Room:
    """LiveKit: message Room, field by field, so that turn_password stays behind."""
    return Room(
        name=found.name,
        sid=found.sid,
        max_participants=found.max_participants,
        empty_timeout=found.empty_timeout,
        departure_timeout=found.departure_timeout,
        metadata=found.metadata,
        num_participants=found.num_participants,
        num_publishers=found.num_publishers,
        active_recording=found.active_recording,
        creation_time=found.creation_time,
    )


def to_participant(found: models.ParticipantInfo) -> Participant:
    """LiveKit: message ParticipantInfo."""
    from livekit.protocol import models

    return Participant(
        identity=found.identity,
        name=found.name,
        sid=found.sid,
        state=_word(models.ParticipantInfo.State, found.state),
        kind=_word(models.ParticipantInfo.Kind, found.kind),
        joined_at=found.joined_at,
        metadata=found.metadata,
        attributes=dict(found.attributes),
        can_publish=found.permission.can_publish,
        can_subscribe=found.permission.can_subscribe,
        tracks=tuple(_word(models.TrackSource, track.source) for track in found.tracks),
    )


def _word(kind: Any, value: int) -> str:
    """An enum's name in lower case; a newer server may send numbers without one."""
    try:
        return str(kind.Name(value)).lower()
    except ValueError:
        return f"unknown-{value}"
