"""What a service is asked for, from a request for a recording and the settings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from greenroom.domain.egress import EgressOutput, EgressRequest, EgressSource, Encoding
from greenroom.domain.ports import Context
from greenroom.domain.rights import policy_key
from greenroom.modes._storage import storage
from greenroom.modes.recording._fields import AUDIO

if TYPE_CHECKING:
    from greenroom.modes.recording.start import StartRecording

FILE_NAME = "{room_name}-{time}"
"""LiveKit fills in the room's name and the time of the start."""


def asked_for(context: Context, request: StartRecording) -> EgressRequest:
    """One output, to the storage of the settings. Raises ConfigurationError (secret-unresolved)."""
    return EgressRequest(
        room=request.room,
        source=source(request),
        outputs=(output(request),),
        encoding=encoding(request),
        storage=storage(context, "recording"),
    )


def by_settings(context: Context, room: str) -> EgressRequest:
    """How a room is recorded of which nothing more is said. Raises ConfigurationError."""
    from greenroom.modes.recording.start import StartRecording

    settings = context.settings.now()
    layout = settings.chosen(policy_key(room, "layout")) or settings.chosen("recording.layout")
    said: dict[str, Any] = {"layout": layout, "format": settings.chosen("recording.format")}
    return asked_for(context, StartRecording(room=room, **said))


def source(request: StartRecording) -> EgressSource:
    """The room, or one person. A format without pictures is sound alone."""
    only_sound = request.audio_only or request.format in AUDIO
    if request.identity:
        return EgressSource(
            kind="participant",
            identity=request.identity,
            screen_share=request.screen_share,
            audio_only=only_sound,
            video_only=request.video_only,
        )
    return EgressSource(
        kind="room",
        layout="" if only_sound else request.layout or "",
        audio_only=only_sound,
        video_only=request.video_only,
    )


def output(request: StartRecording) -> EgressOutput:
    """A file, or HLS segments."""
    path = request.path or FILE_NAME
    if request.format == "hls":
        return EgressOutput(kind="segments", path=path)
    return EgressOutput(kind="file", format=request.format or "", path=path)


def encoding(request: StartRecording) -> Encoding | None:
    """Size and rate of the picture; None leaves both to the service."""
    if not request.resolution and request.frame_rate is None:
        return None
    width, _, height = request.resolution.partition("x")
    return Encoding(
        width=int(width or 0), height=int(height or 0), frame_rate=request.frame_rate or 0
    )
