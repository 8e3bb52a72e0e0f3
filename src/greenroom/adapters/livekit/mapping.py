"""Protobuf messages of LiveKit as Greenroom's nouns. LiveKit: livekit_models.proto."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from greenroom.domain.nouns import AgentDispatch, Participant, Permission, Room
from greenroom.domain.tracks import Track

if TYPE_CHECKING:
    from livekit.protocol import agent_dispatch, models


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
        tracks=tuple(to_track(track) for track in sorted(found.tracks, key=_published)),
        permission=to_permission(found.permission),
    )


def _published(track: models.TrackInfo) -> tuple[int, int]:
    """When it was published: livekit-server keeps tracks in a map, so its lists have no order. LiveKit: message TimedVersion."""
    return track.version.unix_micro, track.version.ticks


def to_track(found: models.TrackInfo) -> Track:
    """LiveKit: message TrackInfo."""
    from livekit.protocol import models

    return Track(
        sid=found.sid,
        source=_word(models.TrackSource, found.source),
        type=_word(models.TrackType, found.type),
        name=found.name,
        muted=found.muted,
        width=found.width,
        height=found.height,
        mime_type=found.mime_type,
        simulcast=any(len(codec.layers) > 1 for codec in found.codecs) or found.simulcast,
    )


def to_permission(found: models.ParticipantPermission) -> Permission:
    """LiveKit: message ParticipantPermission."""
    from livekit.protocol import models

    return Permission(
        can_publish=found.can_publish,
        can_subscribe=found.can_subscribe,
        can_publish_data=found.can_publish_data,
        can_publish_sources=tuple(_word(models.TrackSource, s) for s in found.can_publish_sources),
        hidden=found.hidden,
        can_update_metadata=found.can_update_metadata,
    )


def changed_permission(
    now: models.ParticipantPermission, changes: Mapping[str, Any]
) -> models.ParticipantPermission:
    """The whole set with some fields of ``Permission`` changed; what this version does not know stays too."""
    from livekit.protocol import models

    whole = models.ParticipantPermission()
    whole.CopyFrom(now)
    for name, value in changes.items():
        if name == "can_publish_sources":
            del whole.can_publish_sources[:]
            sources: list[Any] = [models.TrackSource.Value(s.upper()) for s in value]
            whole.can_publish_sources.extend(sources)
        else:
            setattr(whole, name, value)
    return whole


def to_dispatch(found: agent_dispatch.AgentDispatch) -> AgentDispatch:
    """LiveKit: message AgentDispatch."""
    from livekit.protocol import agent

    return AgentDispatch(
        id=found.id,
        agent_name=found.agent_name,
        room=found.room,
        metadata=found.metadata,
        jobs=tuple(
            _word(agent.JobStatus, job.state.status).removeprefix("js_") for job in found.state.jobs
        ),
    )


def _word(kind: Any, value: int) -> str:
    """An enum's name in lower case; a newer server may send numbers without one."""
    try:
        return str(kind.Name(value)).lower()
    except ValueError:
        return f"unknown-{value}"
