"""What an egress is to do, as a service hands it to whatever does it. Plain values, JSON either way."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal

Channel = Literal["both", "left", "right", "alternate"]
"""Where a track is heard; ``alternate``: left and right in turn, by the order of arrival."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """Which audio is taken. The first route that fits a track decides. LiveKit: AudioRoute, AudioMixing."""

    by: Literal["all", "track", "identity", "kind"] = "all"
    value: str = ""
    """A track's sid, an identity, or a kind of participant as ``ParticipantInfo.Kind`` numbers it."""
    channel: Channel = "both"


@dataclass(frozen=True, slots=True, kw_only=True)
class Video:
    """Which video is taken."""

    of: Literal["room", "participant", "track", "page", "nothing"] = "room"
    identity: str = ""
    track: str = ""
    screen_share: bool = False
    """Of a participant: the screen share in place of the camera."""
    layout: str = "grid"


@dataclass(frozen=True, slots=True, kw_only=True)
class Encoding:
    """Sizes in pixels, rates in kbit/s, sample rate in Hz."""

    width: int = 1280
    height: int = 720
    fps: int = 30
    video_codec: Literal["h264", "vp8"] = "h264"
    profile: str = "high"
    video_kbps: int = 3000
    constant: bool = False
    """Hold the bit rate, as who gave one wants it; else it is only the most that may be used."""
    audio_kbps: int = 128
    sample_rate: int = 48_000
    key_seconds: float = 0.0
    """Between key frames; 0 in a wish: as the outputs want it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """One file. ``path`` is absolute, ``name`` is what was asked for."""

    kind: Literal["file"] = "file"
    container: Literal["mp4", "webm", "ogg", "mp3"]
    path: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Segments:
    """HLS: absolute path of the playlist, and of the segments less number and extension."""

    kind: Literal["segments"] = "segments"
    prefix: str
    playlist: str
    live_playlist: str = ""
    seconds: int = 4
    by_time: bool = False
    """Segments are numbered by the time of day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stream:
    """RTMP or RTMPS. ``urls`` are secrets."""

    kind: Literal["stream"] = "stream"
    urls: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Images:
    """JPEG every so many seconds, each a file of its own or always the same one. Size 0: as the video's."""

    kind: Literal["images"] = "images"
    prefix: str
    seconds: int
    width: int = 0
    height: int = 0
    suffix: Literal["index", "time", "none"] = "index"


Output = File | Segments | Stream | Images
_KINDS = {"file": File, "segments": Segments, "stream": Stream, "images": Images}


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """All of it."""

    egress_id: str
    room: str
    video: Video
    audio: tuple[Route, ...]
    """Empty: no sound."""
    encoding: Encoding
    outputs: tuple[Output, ...]

    def as_dict(self) -> dict[str, Any]:
        """For JSON. Holds stream keys: to be handed over in a pipe, not to be stored."""
        return asdict(self)

    @classmethod
    def read(cls, shape: dict[str, Any]) -> Plan:
        """The other way round."""
        outputs = tuple(_output(each) for each in shape["outputs"])
        given = {
            **shape,
            "video": Video(**shape["video"]),
            "audio": tuple(Route(**each) for each in shape["audio"]),
            "encoding": Encoding(**shape["encoding"]),
            "outputs": outputs,
        }
        return cls(**given)


def _output(shape: dict[str, Any]) -> Output:
    kind = _KINDS[shape["kind"]]
    if kind is Stream:
        return Stream(urls=tuple(shape["urls"]))
    made: Output = kind(**shape)
    return made
