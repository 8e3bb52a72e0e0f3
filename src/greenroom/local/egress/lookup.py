"""What the server knows of a wish: the room, the person, the tracks. What is not there is refused before anything starts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from livekit.protocol.models import TrackSource, TrackType

from greenroom.local.egress.plan import Route, Video
from greenroom.local.egress.wish import Wish
from greenroom.local.twirp.refusals import Refusal, no_participant

if TYPE_CHECKING:
    from livekit.protocol.models import ParticipantInfo, TrackInfo


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """``facts``: for names of files. ``size``: width and height of the one track that is recorded, where it has some."""

    wish: Wish
    room_id: str
    facts: dict[str, str]
    size: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """Who and what of a room a wish names: an identity, sids of tracks. Neither: all of the room."""

    identity: str
    sids: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.identity or self.sids)


def sources_of(wish: Wish) -> Sources:
    """What must be in the room."""
    by_identity = [route.value for route in wish.audio if route.by == "identity"]
    identity = wish.video.identity or (by_identity[0] if len(by_identity) == 1 else "")
    sids = [wish.video.track, *(route.value for route in wish.audio if route.by == "track")]
    return Sources(identity=identity, sids=tuple(dict.fromkeys(sid for sid in sids if sid)))


def find(wish: Wish, room_id: str, people: Iterable[ParticipantInfo]) -> Found:
    """``people``: all of the room, as ListParticipants has them. Raises Refusal (not_found, invalid_argument)."""
    sources, everybody = sources_of(wish), list(people)
    facts = {"room_name": wish.room, "room_id": room_id}
    tracks = {track.sid: (person, track) for person in everybody for track in person.tracks}
    if sources.identity:
        if all(person.identity != sources.identity for person in everybody):
            raise no_participant()
        facts["publisher_identity"] = sources.identity
    for sid in sources.sids:
        if sid not in tracks:
            words = f"track {sid} does not exist in room {wish.room}"
            raise Refusal("not_found", f"twirp error unknown: {words}")
    if len(sources.sids) == 1:
        return _one_track(wish, room_id, facts, *tracks[sources.sids[0]])
    _require_kinds(wish, {sid: track for sid, (_, track) in tracks.items()})
    if sources.sids:
        facts["publisher_identity"] = tracks[sources.sids[0]][0].identity
    return Found(wish=wish, room_id=room_id, facts=facts)


def _require_kinds(wish: Wish, tracks: dict[str, TrackInfo]) -> None:
    video = tracks.get(wish.video.track)
    sounds = [tracks[each.value] for each in wish.audio if each.by == "track"]
    if video is not None and video.type != TrackType.VIDEO:
        raise Refusal("invalid_argument", f"Track {video.sid} is no video.")
    for track in sounds:
        if track.type != TrackType.AUDIO:
            raise Refusal("invalid_argument", f"Track {track.sid} is no audio.")


def _one_track(
    wish: Wish, room_id: str, facts: dict[str, str], person: ParticipantInfo, track: TrackInfo
) -> Found:
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
