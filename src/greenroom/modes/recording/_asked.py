"""What a service is asked for, from a request for a recording and the settings."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from greenroom.domain.egress import (
    EgressOutput,
    EgressRequest,
    EgressSource,
    Encoding,
    Storage,
)
from greenroom.domain.errors import PreconditionFailed
from greenroom.domain.nouns import Participant
from greenroom.domain.ports import Context
from greenroom.modes._storage import storage
from greenroom.modes.recording._fields import AUDIO

if TYPE_CHECKING:
    from greenroom.modes.recording.start import StartRecording

FILE_NAME = "{room_name}-{time}"
"""LiveKit fills in the room's name and the time of the start."""


def asked_for(
    context: Context, request: StartRecording, inside: Iterable[Participant]
) -> EgressRequest:
    """One output, to the storage of the settings. Raises not-found for a person who publishes nothing of what is wanted."""
    kept = storage(context, "recording")
    return EgressRequest(
        room=request.room,
        source=source(request, inside),
        outputs=(output(request, kept),),
        encoding=encoding(request),
        storage=None if kept is None or kept.type == "local" else kept,
    )


def sound_alone(request: StartRecording) -> bool:
    """Whether there are no pictures: somebody said so, or the format has none."""
    return request.audio_only or request.format in AUDIO


def source(request: StartRecording, inside: Iterable[Participant]) -> EgressSource:
    """The room; or a person, with all that they publish or one track of it."""
    only_sound = sound_alone(request)
    if not request.identity:
        layout = "" if only_sound else request.layout or ""
        return EgressSource(
            kind="room", layout=layout, audio_only=only_sound, video_only=request.video_only
        )
    if not only_sound and not request.video_only:
        return EgressSource(
            kind="participant", identity=request.identity, screen_share=request.screen_share
        )
    # LiveKit records a person with sound and pictures; one of them alone is a recording of a track.
    wanted = "microphone" if only_sound else "screen_share" if request.screen_share else "camera"
    track = track_of(request.identity, wanted, inside)
    return EgressSource(
        kind="tracks",
        identity=request.identity,
        audio_track=track if only_sound else "",
        video_track="" if only_sound else track,
    )


def track_of(identity: str, wanted: str, inside: Iterable[Participant]) -> str:
    """Sid of what somebody publishes. Raises PreconditionFailed (not-found)."""
    for person in inside:
        for track in person.tracks if person.identity == identity else ():
            if track.source == wanted:
                return track.sid
    msg = f"{identity} publishes no {wanted.replace('_', ' ')} just now, so there is nothing to record."
    raise PreconditionFailed(
        msg, code="not-found", hint=f"`greenroom track list` shows what {identity} publishes."
    )


def output(request: StartRecording, kept: Storage | None) -> EgressOutput:
    """A file, or HLS segments. Local storage is a folder: it stands in the name."""
    path = request.path or FILE_NAME
    if kept is not None and kept.type == "local":
        path = "/".join(part for part in (kept.bucket.rstrip("/"), kept.prefix + path) if part)
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
