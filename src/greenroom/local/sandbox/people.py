"""One simulated participant: what it may do, what it publishes, what it received."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from livekit.protocol import models

from greenroom.local.twirp.codec import to_text
from greenroom.local.twirp.refusals import Refusal

if TYPE_CHECKING:
    from greenroom.local.sandbox.world import Room

MARK = "greenroom.sandbox"
"""The attribute by which every participant here says that it is simulated."""
SOURCES = {"camera": "C", "microphone": "M", "screen_share": "S", "screen_share_audio": "s"}
LARGEST = 16_384
"""Pixels of a picture's side."""
_AUDIO = frozenset({"microphone", "screen_share_audio"})
_DEFAULT_SIZE = {"camera": (1280, 720), "screen_share": (1920, 1080)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Data:
    """A data message that arrived. ``sender`` is "" for SendData of the server API."""

    payload: bytes
    topic: str = ""
    sender: str = ""
    reliable: bool = True


def permission_of(video: Mapping[str, Any]) -> models.ParticipantPermission:
    """What a token's video grant allows. protocol auth/grants.go, ToPermission."""
    can_publish = video.get("canPublish")
    can_publish = True if can_publish is None else can_publish
    can_publish_data = video.get("canPublishData")
    can_subscribe = video.get("canSubscribe")
    return models.ParticipantPermission(
        can_subscribe=True if can_subscribe is None else can_subscribe,
        can_publish=can_publish,
        can_publish_data=can_publish if can_publish_data is None else can_publish_data,
        can_publish_sources=[_source(name) for name in video.get("canPublishSources") or ()],
        can_update_metadata=bool(video.get("canUpdateOwnMetadata")),
        hidden=bool(video.get("hidden")),
        recorder=bool(video.get("recorder")),
        agent=bool(video.get("agent")),
        can_subscribe_metrics=bool(video.get("canSubscribeMetrics")),
    )


def _source(name: str) -> str:
    """LiveKit's enum name for a token's word; a word that it does not know is UNKNOWN."""
    return name.upper() if name.upper() in models.TrackSource.keys() else "UNKNOWN"  # noqa: SIM118 - an enum of protobuf is no dict


class Person:
    """Somebody in a room, commanded from outside. No media flows and no signal connection exists."""

    def __init__(self, room: Room, info: models.ParticipantInfo) -> None:
        self.room = room
        self._info = info
        self._text: str | None = None
        self.received: list[Data] = []
        """Data messages, oldest first; the last ten thousand."""
        self.subscriptions: dict[str, bool] = {}
        """Track sid → what UpdateSubscriptions asked for last."""
        self.left: str | None = None
        """Why it left: a DisconnectReason such as ``PARTICIPANT_REMOVED``; None while inside."""

    @property
    def identity(self) -> str:
        """Its identity in the room."""
        return self._info.identity

    @property
    def info(self) -> models.ParticipantInfo:
        """Its ParticipantInfo as the server shows it. A copy: changing it changes nothing."""
        copy = models.ParticipantInfo()
        copy.CopyFrom(self._info)
        return copy

    @property
    def live(self) -> models.ParticipantInfo:
        """The info itself, for answers that copy it anyway. Never to be changed outside."""
        return self._info

    @property
    def text(self) -> str:
        """``info`` as JSON text, written anew only after a change."""
        if self._text is None:
            self._text = to_text(self._info)
        return self._text

    @property
    def dependent(self) -> bool:
        """Agents and recorders: they neither count as people nor keep a room open."""
        kinds = (models.ParticipantInfo.AGENT, models.ParticipantInfo.EGRESS)
        may = self._info.permission
        return self._info.kind in kinds or may.agent or may.recorder

    def publish(
        self, source: str, *, name: str = "", muted: bool = False, width: int = 0, height: int = 0
    ) -> str:
        """Publish ``camera``, ``microphone``, ``screen_share`` or ``screen_share_audio``; gives the track's sid.

        Raises Refusal: permission_denied when the permissions forbid the source, invalid_argument for
        another source, failed_precondition when the participant has left.
        """
        self._must_be_inside()
        if source not in SOURCES:
            raise Refusal("invalid_argument", f"no such source: {source}")
        if not (0 <= width <= LARGEST and 0 <= height <= LARGEST):
            raise Refusal("invalid_argument", f"no such size: {width} x {height}")
        if not self.may_publish(source):
            raise Refusal("permission_denied", f"{self.identity} may not publish {source}")
        track = self._track(source, name, muted, width, height)
        self._info.tracks.append(track)
        self._info.is_publisher = True
        self._changed()
        self.room.tell("track_published", person=self, track=track)
        return track.sid

    def _track(
        self, source: str, name: str, muted: bool, width: int, height: int
    ) -> models.TrackInfo:
        audio = source in _AUDIO
        sid = self.room.world.new_id(f"TR_{'A' if audio else 'V'}{SOURCES[source]}")
        mime = "audio/red" if audio else "video/VP8"
        default = _DEFAULT_SIZE.get(source, (0, 0))
        policies = models.BackupCodecPolicy
        track = models.TrackInfo(
            sid=sid,
            type=models.AUDIO if audio else models.VIDEO,
            name=name or source,
            muted=muted,
            width=width or default[0],
            height=height or default[1],
            source=_source(source),
            mime_type=mime,
            codecs=[
                models.SimulcastCodecInfo(mime_type=mime, cid=self.room.world.new_id("SANDBOX_"))
            ],
            stream="screen" if source.startswith("screen") else "camera",
            backup_codec_policy=policies.SIMULCAST if audio else policies.PREFER_REGRESSION,
        )
        track.version.unix_micro = int(self.room.world.now() * 1e6)
        return track

    def may_publish(self, source: str) -> bool:
        """Whether the permissions allow this source. protocol auth/grants.go, GetCanPublishSource."""
        may = self._info.permission
        listed = [models.TrackSource.Name(number) for number in may.can_publish_sources]
        return may.can_publish and (not listed or _source(source) in listed)

    def mute(self, sid: str, muted: bool = True) -> models.TrackInfo | None:  # noqa: FBT002 - mute(sid, False) is LiveKit's own shape
        """Mute or unmute one of its tracks; the track, or None when it has none of that sid."""
        track = next((track for track in self._info.tracks if track.sid == sid), None)
        if track is not None and track.muted != muted:
            track.muted = muted
            self._changed()
        return track

    def unpublish(self, sid: str) -> None:
        """Take a track back. Raises Refusal (not_found)."""
        track = next((track for track in self._info.tracks if track.sid == sid), None)
        if track is None:
            raise Refusal("not_found", f"{self.identity} has no track {sid}")
        self._info.tracks.remove(track)
        self._changed()
        self.room.tell("track_unpublished", person=self, track=track)

    def update(
        self,
        *,
        name: str = "",
        metadata: str = "",
        attributes: Mapping[str, str] | None = None,
    ) -> None:
        """Change its own name, metadata and attributes, as a client does ("" leaves as is, "" deletes a key).

        Raises Refusal (permission_denied) without ``canUpdateOwnMetadata``.
        """
        self._must_be_inside()
        if not self._info.permission.can_update_metadata:
            raise Refusal("permission_denied", "does not have permission to update own metadata")
        self.change(name, metadata, attributes or {})

    def change(self, name: str, metadata: str, attributes: Mapping[str, str]) -> None:
        """The same without asking for permission: what UpdateParticipant does."""
        attributes = {key: value for key, value in attributes.items() if key != MARK}
        if not (name or metadata or attributes):
            return
        self._info.name = name or self._info.name
        self._info.metadata = metadata or self._info.metadata
        for key, value in attributes.items():
            if value:
                self._info.attributes[key] = value
            else:
                self._info.attributes.pop(key, None)
        self._changed()

    def allow(self, permission: models.ParticipantPermission) -> None:
        """Replace all permissions; tracks that they forbid are unpublished."""
        self._info.permission.CopyFrom(permission)
        for track in list(self._info.tracks):
            if not self.may_publish(models.TrackSource.Name(track.source)):
                self.unpublish(track.sid)
        self._info.is_publisher = permission.can_publish and self._info.is_publisher
        self._changed()

    def send(self, payload: bytes, *, topic: str = "", to: Sequence[str] = ()) -> None:
        """Send data to everybody else or to some identities. Raises Refusal without ``canPublishData``."""
        self._must_be_inside()
        if not self._info.permission.can_publish_data:
            raise Refusal("permission_denied", f"{self.identity} may not publish data")
        data = Data(payload=payload, topic=topic, sender=self.identity)
        self.room.deliver(data, identities=to, but=self)

    def leave(self, reason: str = "CLIENT_INITIATED") -> None:
        """Leave the room. ``reason`` is a DisconnectReason. Leaving twice does nothing."""
        if self.left is None:
            self.room.let_go(self, reason)

    def close(self, reason: str) -> Iterable[models.TrackInfo]:
        """End it; the tracks it had. Only its room calls this."""
        # First, because a reason that does not exist must change nothing.
        self._info.MergeFrom(models.ParticipantInfo(disconnect_reason=reason))
        self.left = reason
        tracks = list(self._info.tracks)
        del self._info.tracks[:]
        self._text = None
        self._info.state = models.ParticipantInfo.DISCONNECTED
        self._info.version += 1
        return tracks

    def _must_be_inside(self) -> None:
        if self.left is not None:
            raise Refusal("failed_precondition", f"{self.identity} has left {self.room.name}")

    def _changed(self) -> None:
        self._info.version += 1
        self._text = None
        self.room.touch()
