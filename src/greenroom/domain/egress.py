"""What leaves a room: recordings, streams, exports. Names are LiveKit's (livekit_egress.proto); times are seconds since the epoch."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal, get_args

from greenroom.domain.marks import Secret
from greenroom.domain.metadata import object_in
from greenroom.domain.nouns import Bulk, Participant, Room

OutputKind = Literal["file", "stream", "segments", "images"]
SourceKind = Literal["room", "participant", "tracks", "track", "web"]
EGRESS_ID = "EG_"
"""What the id of every egress begins with."""
ACTIVE = frozenset({"starting", "active", "ending"})
"""States of an egress that has not ended."""
FILES_DELETED = "Files deleted"
"""What Greenroom's recorder adds to the details of one whose files were deleted; LiveKit's protocol has no field for it."""
SIMULATED = "sandbox: no media was recorded"
"""What the sandbox says in the details of every egress."""
Layout = Literal[
    "grid",
    "grid-light",
    "grid-dark",
    "speaker",
    "speaker-light",
    "speaker-dark",
    "single-speaker",
    "single-speaker-light",
    "single-speaker-dark",
]
"""Of LiveKit's recording templates. "" is the service's own choice: grid, or speaker."""
LAYOUTS: tuple[Layout, ...] = get_args(Layout)


def is_egress_id(name: str) -> bool:
    """Whether it is an id rather than a room."""
    return name.startswith(EGRESS_ID)


@dataclass(frozen=True, slots=True, kw_only=True)
class Storage:
    """Where files go when they are finished. LiveKit: S3Upload, GCPUpload, AzureBlobUpload, AliOSSUpload."""

    type: str
    """s3, gcp, azure, alioss; local is where the egress service runs."""
    bucket: str = ""
    """Name of the bucket or container; for local the folder."""
    region: str = ""
    endpoint: str = ""
    prefix: str = ""
    credentials: Mapping[str, str] = field(default_factory=dict, repr=False)
    """Secrets, by LiveKit's names: access_key, secret; credentials (Google's JSON); account_name, account_key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EgressSource:
    """What is recorded."""

    kind: SourceKind
    identity: str = ""
    """Of a participant."""
    screen_share: bool = False
    """Of a participant: the screen share in place of the camera."""
    track: str = ""
    """Sid of one track, unchanged in coding where the service can."""
    video_track: str = ""
    audio_track: str = ""
    url: str = ""
    """Of a web page."""
    layout: str = ""
    audio_only: bool = False
    video_only: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class EgressOutput:
    """One thing that comes out, as asked for."""

    kind: OutputKind
    format: str = ""
    """Of a file: mp4, ogg, mp3, webm; "" lets the service choose."""
    path: str = ""
    """Of a file, or the beginning of the names of segments and images; with {room_name}, {time} … as LiveKit fills them."""
    urls: tuple[str, ...] = field(default=(), repr=False)
    """Of a stream: where it goes, stream keys included. Secrets."""
    interval: int = 0
    """Seconds between images, or of an HLS segment; 0: the service's choice."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Encoding:
    """LiveKit: EncodingOptions; 0 is the service's choice. Bitrates in bits per second."""

    width: int = 0
    height: int = 0
    frame_rate: int = 0
    video_bitrate: int = 0
    audio_bitrate: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class EgressRequest:
    """All of LiveKit's Start calls in one shape."""

    room: str
    source: EgressSource
    outputs: tuple[EgressOutput, ...]
    encoding: Encoding | None = None
    storage: Storage | None = field(default=None, repr=False)
    webhooks: tuple[str, ...] = ()
    """URLs that are told about this egress alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EgressResult:
    """What came of one output. LiveKit: FileInfo, StreamInfo, SegmentsInfo, ImagesInfo."""

    kind: OutputKind
    location: str
    """Path or URL; stream keys are redacted."""
    size: int = 0
    """Bytes."""
    duration: float = 0.0
    """Seconds."""
    count: int = 0
    """Segments or images."""
    live_location: str = ""
    """Of segments: the playlist of the last ones, where there is one."""
    status: str = ""
    """Of a stream: active, finished, failed."""
    error: str = ""
    started_at: float = 0.0
    """Of a stream: when it first arrived; 0 where it has not. LiveKit: StreamInfo.started_at."""

    @property
    def arrives(self) -> bool:
        """Whether a stream is taken by its server: one that is tried again is "active", too, and has an error."""
        return self.status == "active" and self.started_at > 0 and not self.error


@dataclass(frozen=True, slots=True, kw_only=True)
class EgressInfo:
    """LiveKit: message EgressInfo."""

    egress_id: str
    room: str
    source: str
    """room, participant, tracks, track or web."""
    subject: str
    """Identity, track or URL that is recorded; "" for a room."""
    layout: str
    status: str
    """starting, active, ending, complete, failed, aborted, limit_reached."""
    started_at: float
    ended_at: float
    updated_at: float
    results: tuple[EgressResult, ...]
    details: str = ""
    error: str = ""
    service: str = ""
    """Who does it: livekit or greenroom."""

    @property
    def whom(self) -> str:
        """``lobby``, or ``dana in lobby``."""
        if not self.subject:
            return self.room
        return f"{self.subject} in {self.room}" if self.room else self.subject

    @property
    def is_active(self) -> bool:
        """Whether it has not ended."""
        return self.status in ACTIVE

    @property
    def files_deleted(self) -> bool:
        """Whether its files were deleted, as far as the service knows."""
        return FILES_DELETED in self.details

    @property
    def is_simulated(self) -> bool:
        """Whether it is the sandbox's, which records nothing."""
        return SIMULATED in self.details

    @property
    def is_recording(self) -> bool:
        """Whether a file or HLS comes of it."""
        return any(result.kind in {"file", "segments"} for result in self.results)

    @property
    def is_stream(self) -> bool:
        """Whether it goes to a streaming server."""
        return any(result.kind == "stream" for result in self.results)


def layout_now(info: EgressInfo, inside: Iterable[Participant]) -> str:
    """The layout that holds: livekit-server keeps a change (UpdateLayout) in the metadata of the participant that records,
    whose identity is the egress's id, and goes on listing the layout of the start.
    """
    for person in inside:
        if person.identity == info.egress_id:
            changed = (object_in(person.metadata) or {}).get("layout")
            if isinstance(changed, str) and changed:
                return changed
    return info.layout


@dataclass(frozen=True, slots=True, kw_only=True)
class EgressList:
    """Recordings, streams and exports, the newest first."""

    egresses: tuple[EgressInfo, ...]
    service: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class EgressDetails:
    """One of them, and how it does: pictures made and left out, lateness, CPU (none from LiveKit's own service)."""

    egress: EgressInfo
    figures: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class EgressesStopped(Bulk):
    """What became of each that was to end, by id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StorageCheck:
    """What a look at the storage of exports found."""

    type: str
    bucket: str
    checked: bool
    """Whether an object was written, read and deleted; files that stay with the service cannot be looked at from here."""
    seconds: float = 0.0
    """How long the three took."""
    service: str = ""
    """Who keeps the files, where they are not checked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Destination:
    """A place to stream to that has a name."""

    name: str
    platform: str
    """youtube, twitch, facebook …; "" where a URL is kept."""
    url: str
    """Where it is, without the key."""
    key: str
    """A reference to the stream key; "" where none is kept."""
    defined_in: tuple[str, ...]
    """Layers and files that say something about it, highest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DestinationList:
    """Places to stream to, by name, and the platforms that are known."""

    destinations: tuple[Destination, ...]
    platforms: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomEgresses:
    """A room, who is inside and what is made of it, before something more is made of it."""

    room: Room
    participants: tuple[Participant, ...]
    running: tuple[EgressInfo, ...]
    service: str
    url: Annotated[str, Secret()] = ""
    """Where a stream is to go."""
