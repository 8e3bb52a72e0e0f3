"""Which outputs can be asked for together, before any service is asked. No secret is in what is raised.

One egress encodes once: LiveKit's egress (pkg/config/output*.go) and Greenroom's recorder give all outputs
of a request the same video and the same sound, in one coding.
"""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlsplit

from greenroom.domain.egress import (
    LAYOUTS,
    EgressOutput,
    EgressRequest,
    EgressSource,
    Encoding,
    Storage,
)
from greenroom.domain.errors import InvalidRequest
from greenroom.domain.urls import split_url

CODINGS = {
    "mp4": "H.264 with AAC",
    "webm": "VP8 with Opus",
    "ogg": "Opus",
    "mp3": "MP3",
    "stream": "H.264 with AAC",
    "segments": "H.264 with AAC",
}
SOUND_ONLY = frozenset({"ogg", "mp3"})
STREAMS = {"rtmp": "RTMP", "rtmps": "RTMP", "srt": "SRT"}
"""Scheme → protocol. LiveKit: StreamProtocol."""
CREDENTIALS = {
    "s3": frozenset({"access_key", "secret", "session_token"}),
    "gcp": frozenset({"credentials"}),
    "azure": frozenset({"account_name", "account_key"}),
    "alioss": frozenset({"access_key", "secret"}),
    "local": frozenset[str](),
}
SMALLEST_BITRATE = 1000
"""Bits per second: LiveKit counts in thousands of them."""


def require_possible(request: EgressRequest) -> None:
    """Raises InvalidRequest for what no service can do."""
    if not request.outputs:
        raise _no("The request names no output.", "Name a file, a stream, segments or images.")
    _source(request)
    for output in request.outputs:
        _OUTPUTS[output.kind](output, request.source)
    _together(request.outputs)
    if request.source.kind == "track":
        _one_track(request)
    if request.encoding is not None:
        _encoding(request.encoding)
    if request.storage is not None:
        _storage(request.storage)
    for url in request.webhooks:
        if split_url(url, {"http", "https"}) is None:
            raise _no("A webhook needs an http or https URL.", "Such as https://example.com/hook.")


def require_layout(layout: str) -> None:
    """Raises InvalidRequest for a layout that LiveKit's recording templates do not have."""
    if layout not in LAYOUTS:
        raise _no(f"There is no layout {layout!r}.", f"There are {', '.join(sorted(LAYOUTS))}.")


def require_streams(urls: Iterable[str]) -> str:
    """RTMP or SRT, the protocol of all these destinations. Raises InvalidRequest."""
    protocols = {_protocol(url) for url in urls}
    if len(protocols) != 1:
        if not protocols:
            raise _no("The stream names no destination.", "Name one: rtmp://host/app/key.")
        raise _no("RTMP and SRT cannot go out of one egress.", "Start one for each.")
    return protocols.pop()


def format_of(output: EgressOutput) -> str:
    """Of a file: as asked for, else by its name's ending, else ""."""
    ending = output.path.rpartition(".")[2].lower()
    return output.format or (ending if ending in CODINGS else "")


def has_video(source: EgressSource) -> bool:
    """Whether a picture is wanted; of one track nobody knows before the room is asked."""
    if source.kind == "tracks":
        return bool(source.video_track)
    return not source.audio_only


def _no(message: str, hint: str) -> InvalidRequest:
    return InvalidRequest(message, hint=hint)


def _source(request: EgressRequest) -> None:
    source = request.source
    if not request.room and source.kind != "web":
        raise _no("The request names no room.", "Name the room that is meant.")
    if source.audio_only and source.video_only:
        raise _no("Audio only and video only exclude each other.", "Leave one of them out.")
    if source.layout:
        require_layout(source.layout)
        if source.kind != "room":
            hint = "Leave the layout out, or record the whole room."
            raise _no("A layout arranges a whole room, and this is not one.", hint)
    needed = {
        "participant": (source.identity, "The participant's identity is missing."),
        "tracks": (source.audio_track or source.video_track, "Neither track is named."),
        "track": (source.track, "The track's sid is missing."),
    }
    given, missing = needed.get(source.kind, ("-", ""))
    if not given:
        raise _no(missing, "List the room's participants and tracks, then name one.")
    if source.kind == "web" and split_url(source.url, {"http", "https"}) is None:
        raise _no("The web page needs an http or https URL.", "Such as https://example.com/page.")
    if source.kind in {"tracks", "track"} and (source.audio_only or source.video_only):
        raise _no(
            "Tracks are audio or video by themselves.", "Name the tracks that are wanted alone."
        )


def _file(output: EgressOutput, source: EgressSource) -> None:
    _path(output.path)
    kind = format_of(output)
    if output.format and output.format not in {"mp4", "webm", "ogg", "mp3"}:
        raise _no(f"There are no {output.format} files.", "Choose mp4, webm, ogg or mp3.")
    if kind not in SOUND_ONLY:
        return
    if source.video_only:
        raise _no(f"{kind.upper()} holds sound only, and this is video only.", "Choose mp4.")
    if source.kind != "track" and has_video(source):
        raise _no(
            f"{kind.upper()} holds sound only, and the request has video.",
            "Ask for audio only, or choose mp4.",
        )


def _segments(output: EgressOutput, _source: EgressSource) -> None:
    _path(output.path)
    if output.format not in {"", "hls", "ts"}:
        raise _no(
            f"HLS is not made of {output.format}.",
            "Its segments are MPEG-TS with AAC: leave the format out.",
        )
    if output.interval < 0:
        raise _no("Segments cannot be that short.", "They are whole seconds long, 1 or more.")


def _images(output: EgressOutput, source: EgressSource) -> None:
    _path(output.path)
    if source.kind != "track" and not has_video(source):
        raise _no("Images need video, and this is audio only.", "Ask for video, too.")
    if output.interval < 0:
        raise _no("Images cannot come that often.", "The interval is whole seconds, 1 or more.")


def _stream(output: EgressOutput, _source: EgressSource) -> None:
    require_streams(output.urls)


_OUTPUTS = {"file": _file, "segments": _segments, "images": _images, "stream": _stream}


def _protocol(url: str) -> str:
    try:
        parts = urlsplit(url)
        usable = bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable, parts = False, urlsplit("")
    protocol = STREAMS.get(parts.scheme)
    place = parts.path.strip("/") or protocol == "SRT"
    blank = any(c.isspace() for c in url.removesuffix(" live=1"))
    if protocol and usable and place and not blank:
        return protocol
    shown = f" {parts.scheme}://{parts.hostname or ''}" if parts.scheme else ""
    hint = "A stream goes to rtmp://host/app/key, rtmps://host/app/key or srt://host:port."
    raise _no(f"The URL{shown} cannot take a stream.", hint)


def _path(path: str) -> None:
    parts = path.split("/")
    odd = "\\" in path or not all(c.isprintable() for c in path)
    if odd or path.startswith(("/", "~")) or ".." in parts:
        hint = "Names are relative to the service's folder, such as lectures/{room_name}-{time}."
        raise _no(f"The file name {path!r} is not allowed.", hint)


def _together(outputs: tuple[EgressOutput, ...]) -> None:
    """Raises InvalidRequest for two codings, and for two outputs of one name."""
    codings: dict[str, str] = {}
    names: set[tuple[str, str, str]] = set()
    for output in outputs:
        kind = format_of(output) or "mp4" if output.kind == "file" else output.kind
        if kind in CODINGS:
            codings.setdefault(CODINGS[kind], kind)
        stem = output.path.removesuffix(f".{kind}")
        name = (output.kind, kind, stem)
        if output.kind != "stream" and name in names:
            raise _no("Two outputs have the same name.", "Give each a path of its own.")
        names.add(name)
    if len(codings) > 1:
        shown = " and ".join(f"{kind} ({coding})" for coding, kind in codings.items())
        raise _no(f"One egress encodes once: {shown} do not go together.", "Start one for each.")


def _one_track(request: EgressRequest) -> None:
    output = request.outputs[0]
    if len(request.outputs) > 1 or output.kind != "file":
        hint = "For a stream, HLS or images record it as tracks, or the participant."
        raise _no("A track is exported unchanged, into one file.", hint)
    if format_of(output) == "mp3":
        hint = "Leave the format out, or record it as tracks, which encodes anew."
        raise _no("A track is exported unchanged, and no track is MP3.", hint)
    if request.encoding is not None:
        hint = "Leave size and bitrate out, or record it as tracks, which encodes anew."
        raise _no("A track is exported unchanged, so nothing sets its encoding.", hint)


def _encoding(encoding: Encoding) -> None:
    numbers = (
        encoding.width,
        encoding.height,
        encoding.frame_rate,
        encoding.video_bitrate,
        encoding.audio_bitrate,
    )
    if min(numbers) < 0:
        raise _no("Sizes and bitrates are not negative.", "0 leaves the choice to the service.")
    if bool(encoding.width) != bool(encoding.height):
        raise _no("Width and height go together.", "Give both: 1280 and 720.")
    if encoding.width % 2 or encoding.height % 2:
        raise _no("Width and height must be even.", "Such as 1280 and 720.")
    if any(
        0 < rate < SMALLEST_BITRATE for rate in (encoding.video_bitrate, encoding.audio_bitrate)
    ):
        raise _no(
            "Bitrates are in bits per second.", "Such as 3000000 for video, 128000 for audio."
        )


def _storage(storage: Storage) -> None:
    known = CREDENTIALS.get(storage.type)
    if known is None:
        raise _no(f"There is no storage {storage.type!r}.", f"There are {', '.join(CREDENTIALS)}.")
    if storage.type != "local" and not storage.bucket:
        raise _no("The storage's bucket is missing.", "Name the bucket or container.")
    unknown = sorted(set(storage.credentials) - known)
    if unknown:
        hint = f"It takes {', '.join(sorted(known)) or 'none'}."
        raise _no(f"{storage.type} storage has no credential {', '.join(unknown)}.", hint)
    _path(storage.prefix)
    if storage.type == "local":
        _path(storage.bucket)
