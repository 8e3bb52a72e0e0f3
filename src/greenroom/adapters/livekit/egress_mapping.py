"""LiveKit's EgressInfo as Greenroom's. LiveKit: livekit_egress.proto; its times and durations are nanoseconds."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from greenroom.domain.egress import EgressInfo, EgressResult
from greenroom.domain.urls import redacted_url

if TYPE_CHECKING:
    from livekit.protocol import egress

NANOSECONDS = 1_000_000_000
SOURCES = {
    "room_composite": "room",
    "web": "web",
    "participant": "participant",
    "track_composite": "tracks",
    "track": "track",
}
"""Field of the oneof ``request``, first version → EgressInfo.source."""


def to_egress(found: egress.EgressInfo, service: str) -> EgressInfo:
    """``service``: who said it."""
    from livekit.protocol import egress

    source, subject, layout = _source(found)
    try:
        status = egress.EgressStatus.Name(found.status).removeprefix("EGRESS_").lower()
    except ValueError:
        # A newer service's.
        status = f"unknown-{found.status}"
    return EgressInfo(
        egress_id=found.egress_id,
        room=found.room_name,
        source=source,
        subject=subject,
        layout=layout,
        status=status,
        started_at=found.started_at / NANOSECONDS,
        ended_at=found.ended_at / NANOSECONDS,
        updated_at=found.updated_at / NANOSECONDS,
        results=tuple(_results(found)),
        details=found.details,
        error=found.error,
        service=service,
    )


def _source(found: egress.EgressInfo) -> tuple[str, str, str]:
    """Kind, subject and layout."""
    name = found.WhichOneof("request")
    if name is None:
        return "room", "", ""
    request: Any = getattr(found, name)
    subjects: dict[str, Callable[[], str]] = {
        "room": lambda: "",
        "web": lambda: redacted_url(request.url),
        "participant": lambda: str(request.identity),
        "tracks": lambda: _tracks(request.video_track_id, request.audio_track_id),
        "track": lambda: str(request.track_id),
    }
    source = SOURCES.get(name)
    if source is None:
        return _second_source(request)
    return source, subjects[source](), request.layout if source == "room" else ""


def _second_source(request: Any) -> tuple[str, str, str]:
    match request.WhichOneof("source"):
        case "template":
            return "room", "", request.template.layout
        case "web":
            return "web", redacted_url(request.web.url), ""
        case "media":
            media = request.media
            identity = media.participant_video.identity
            tracks = [route.track_id for route in media.audio.routes if route.track_id]
            people = [r.participant_identity for r in media.audio.routes if r.participant_identity]
            if media.video_track_id or tracks:
                return "tracks", _tracks(media.video_track_id, *tracks), ""
            return "participant", identity or ", ".join(people), ""
        case _:
            return "room", "", ""


def _tracks(*sids: str) -> str:
    return ", ".join(sid for sid in sids if sid)


def _results(found: egress.EgressInfo) -> Iterator[EgressResult]:
    """Older services fill one result and no list."""
    files, segments, streams = found.file_results, found.segment_results, found.stream_results
    single = found.WhichOneof("result")
    for file in files or ([found.file] if single == "file" else []):
        yield EgressResult(
            kind="file",
            location=file.location or file.filename,
            size=file.size,
            duration=file.duration / NANOSECONDS,
        )
    for segment in segments or ([found.segments] if single == "segments" else []):
        yield EgressResult(
            kind="segments",
            location=segment.playlist_location or segment.playlist_name,
            size=segment.size,
            duration=segment.duration / NANOSECONDS,
            count=segment.segment_count,
            live_location=segment.live_playlist_location,
        )
    for image in found.image_results:
        yield EgressResult(kind="images", location=image.filename_prefix, count=image.image_count)
    for stream in streams or (found.stream.info if single == "stream" else []):
        yield _stream(stream)


def _stream(stream: egress.StreamInfo) -> EgressResult:
    from livekit.protocol import egress

    try:
        status = egress.StreamInfo.Status.Name(stream.status).lower()
    except ValueError:
        status = f"unknown-{stream.status}"
    return EgressResult(
        kind="stream",
        location=redacted_url(stream.url),
        duration=stream.duration / NANOSECONDS,
        status=status,
        error=stream.error,
        started_at=stream.started_at / NANOSECONDS,
    )
