"""What the server knows of a wish: the room, the person, the tracks. What is not there is refused before anything starts."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from livekit.protocol.models import TrackSource, TrackType
from livekit.protocol.room import ListParticipantsRequest, ListRoomsRequest

from greenroom.local.recorder.plan import Route, Video
from greenroom.local.recorder.wish import Wish
from greenroom.local.twirp.refusals import Refusal, no_participant, no_room

if TYPE_CHECKING:
    from livekit.api.room_service import RoomService

PAUSES = (0.1, 0.2, 0.4, 0.4)
"""Seconds: livekit-server tells a publisher its track's sid before it lists the track."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """``facts``: for names of files. ``size``: width and height of the one track that is recorded, where it has some."""

    wish: Wish
    room_id: str
    facts: dict[str, str]
    size: tuple[int, int] | None = None


async def look_up(rooms: RoomService, wish: Wish) -> Found:
    """Raises Refusal (not_found, unavailable)."""
    room = await _room(rooms, wish.room)
    facts = {"room_name": wish.room, "room_id": room.sid}
    identity, sids = _named(wish)
    if not identity and not sids:
        return Found(wish=wish, room_id=room.sid, facts=facts)
    people, tracks = await _people(rooms, wish.room, identity, sids)
    if identity:
        if identity not in people:
            raise no_participant()
        facts["publisher_identity"] = identity
    for sid in sids:
        if sid not in tracks:
            words = f"track {sid} does not exist in room {wish.room}"
            raise Refusal("not_found", f"twirp error unknown: {words}")
    if len(sids) == 1:
        return _one_track(wish, room.sid, facts, *tracks[sids[0]])
    _require_kinds(wish, {sid: track for sid, (_, track) in tracks.items()})
    if sids:
        facts["publisher_identity"] = tracks[sids[0]][0].identity
    return Found(wish=wish, room_id=room.sid, facts=facts)


async def _room(rooms: RoomService, name: str) -> Any:
    listed = await rooms.list_rooms(ListRoomsRequest(names=[name]))
    if not listed.rooms:
        raise no_room()
    return listed.rooms[0]


async def _people(
    rooms: RoomService, room: str, identity: str, sids: list[str]
) -> tuple[set[str], dict[str, Any]]:
    """Identities, and track sid → person and track. Waits a little for those who are just coming."""
    for pause in (*PAUSES, None):
        listed = await rooms.list_participants(ListParticipantsRequest(room=room))
        people = {person.identity for person in listed.participants}
        tracks = {
            track.sid: (person, track) for person in listed.participants for track in person.tracks
        }
        there = (not identity or identity in people) and all(sid in tracks for sid in sids)
        if there or pause is None:
            break
        await asyncio.sleep(pause)
    return people, tracks


def _named(wish: Wish) -> tuple[str, list[str]]:
    by_identity = [route.value for route in wish.audio if route.by == "identity"]
    identity = wish.video.identity or (by_identity[0] if len(by_identity) == 1 else "")
    sids = [wish.video.track, *(route.value for route in wish.audio if route.by == "track")]
    return identity, list(dict.fromkeys(sid for sid in sids if sid))


def _require_kinds(wish: Wish, tracks: dict[str, Any]) -> None:
    video = tracks.get(wish.video.track)
    sounds = [tracks[each.value] for each in wish.audio if each.by == "track"]
    if video is not None and video.type != TrackType.VIDEO:
        raise Refusal("invalid_argument", f"Track {video.sid} is no video.")
    for track in sounds:
        if track.type != TrackType.AUDIO:
            raise Refusal("invalid_argument", f"Track {track.sid} is no audio.")


def _one_track(wish: Wish, room_id: str, facts: dict[str, str], person: Any, track: Any) -> Found:
    """A track of whichever kind: TrackEgress does not say which, the others must be right."""
    is_video = track.type == TrackType.VIDEO
    either = wish.video.track == track.sid and any(each.value == track.sid for each in wish.audio)
    if not either:
        _require_kinds(wish, {track.sid: track})
    facts |= {
        "publisher_identity": person.identity,
        "track_id": track.sid,
        "track_type": "video" if is_video else "audio",
        "track_source": TrackSource.Name(track.source).lower(),
    }
    size = (track.width, track.height) if is_video and track.width and track.height else None
    if either:
        video = wish.video if is_video else Video(of="nothing")
        audio = () if is_video else (Route(by="track", value=track.sid),)
        encoding = wish.encoding
        # As LiveKit names what it does not transcode: VP8 and its heirs in WebM, H.264 in MP4.
        if is_video and "h264" not in track.mime_type.lower():
            encoding = replace(encoding, video_codec="vp8")
        wish = replace(wish, video=video, audio=audio, encoding=encoding)
    return Found(wish=wish, room_id=room_id, facts=facts, size=size if either else None)
