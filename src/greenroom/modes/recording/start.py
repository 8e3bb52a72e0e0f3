"""Record a room, or one person in it."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from greenroom.domain.capability import Example, Kind, Means, Request, Setting, Words, capability
from greenroom.domain.egress import EgressInfo, RoomEgresses
from greenroom.domain.egress_checks import SOUND_ONLY
from greenroom.domain.plan import Call
from greenroom.domain.ports import Context
from greenroom.modes._egresses import begun, results
from greenroom.modes._fields import ExistingRoom, PictureSize
from greenroom.modes._layouts import AskedLayout
from greenroom.modes._starting import (
    FILE_NAME,
    asked_for,
    encoding,
    found,
    recorded_into,
    source,
)
from greenroom.modes._starting import start as start_egress
from greenroom.modes._storage import WHO
from greenroom.modes.recording._fields import AskedFormat

STARTING_SECONDS = 5.0
"""How long an answer waits for a service that opens a browser first; it goes on starting after that."""
NO_TRANSCRIPT = "No transcript is made yet."


class StartRecording(Request):
    """LiveKit: RoomCompositeEgressRequest, ParticipantEgressRequest, TrackCompositeEgressRequest."""

    room: ExistingRoom
    layout: Annotated[
        AskedLayout,
        Means("speaker", "speaker-highlighted", "speaker highlighted", "presenter-focused"),
        Setting("room.policies.{room}.layout", "recording.layout"),
        Field(description="How people are shown."),
    ] = None
    format: Annotated[
        AskedFormat,
        Setting("recording.format"),
        Field(description="Kind of file; mp3 and ogg hold sound alone."),
    ] = None
    resolution: Annotated[PictureSize, Words("resolution", "quality", "in", "at")] = None
    frame_rate: Annotated[
        int | None,
        Kind.FRAME_RATE,
        Words("fps", "frames per second", "frame rate"),
        Field(ge=1, le=120, description="Pictures a second."),
    ] = None
    audio_only: Annotated[
        bool,
        Means(
            True,
            "audio only",
            "only audio",
            "only the audio",
            "just the audio",
            "sound only",
            "only sound",
            "only the sound",
            "just the sound",
            "the sound",
            "no video",
            "without video",
            "without pictures",
        ),
        Field(description="Sound without pictures."),
    ] = False
    video_only: Annotated[
        bool,
        Means(
            True,
            "video only",
            "only video",
            "only the video",
            "just the video",
            "no audio",
            "no sound",
            "without audio",
            "without sound",
            "silent",
        ),
        Field(description="Pictures without sound."),
    ] = False
    identity: Annotated[
        str,
        Kind.PERSON,
        Words("participant", "user", "person", "only", "just"),
        Field(max_length=256, description="Record this person alone."),
    ] = ""
    screen_share: Annotated[
        bool,
        Means(True, "screen share", "screen", "shared screen", "screenshare", "slides"),
        Field(description="That person's screen in place of the camera."),
    ] = False
    path: Annotated[
        str,
        Kind.PATH,
        Words("file", "path", "to", "into", "as", "file name", "called"),
        Field(
            max_length=512,
            description=f"Name of the file, where {{room_name}} and {{time}} are filled in; {FILE_NAME} if nothing is said.",
        ),
    ] = ""
    transcription: Annotated[
        bool,
        Means(
            True,
            "transcription",
            "audio transcription",
            "transcription enabled",
            "with transcription",
            "transcript",
            "with a transcript",
            "transcribe it",
            "transcribed",
        ),
        Means(False, "no transcription", "without transcription", "without a transcript"),
        Setting("recording.transcription.enabled"),
        Field(description="A transcript is wanted. None is made yet, and the outcome says so."),
    ] = False
    consent: Annotated[
        str,
        Kind.TEXT,
        Words("consent", "consent note", "they agreed"),
        Field(
            max_length=1000, description="How those who are recorded agreed; the journal keeps it."
        ),
    ] = ""


async def the_room(context: Context, request: StartRecording) -> RoomEgresses:
    """The room, who is inside and what runs there. Raises not-found, egress-missing."""
    return await found(context, request.room, request.identity)


def stop_it(_request: StartRecording, _before: RoomEgresses, result: EgressInfo) -> Call:
    """End it: its file is kept."""
    return Call(capability="recording.stop", arguments={"recording": result.egress_id})


def tell(request: StartRecording, before: RoomEgresses, result: EgressInfo) -> str:
    """What is recorded, by whom, how and into what."""
    verb = "is being recorded" if result.status == "active" else "will be recorded in a moment"
    layout = f" in the layout {result.layout}" if result.layout else ""
    files = results(result)
    said = f"{result.whom} {verb} by {WHO.get(before.service, before.service)}{layout} ({result.egress_id})"
    said = begun(f"{said}, into {files}." if files else f"{said}.", result)
    return f"{said} {NO_TRANSCRIPT}" if request.transcription else said


@capability(
    effect="write",
    grant="roomRecord",
    positional=("room",),
    rules=(
        "secure-transport",
        "recording-allowed",
        "recording-fits-format",
        "recording-storage-named",
        "recording-consent",
        "recording-twice",
        "recording-load",
        "recording-transcript",
        "egress-runs",
    ),
    before=the_room,
    undo=stop_it,
    tell=tell,
    examples=(
        Example("record standup", room="standup"),
        Example(
            'Start composite recording for room "team-meeting" with speaker-highlighted layout and audio transcription enabled',
            room="team-meeting",
            layout="speaker",
            transcription=True,
        ),
        Example("record dana in standup", room="standup", identity="dana"),
    ),
)
async def start(context: Context, request: StartRecording) -> EgressInfo:
    """Begin, and wait a moment until it runs. Raises not-found, egress-missing. LiveKit: Egress.StartRoomCompositeEgress and its kin."""
    asked = asked_for(
        context,
        "recording",
        request.room,
        source(
            layout=request.layout,
            identity=request.identity,
            screen_share=request.screen_share,
            sound=request.audio_only or request.format in SOUND_ONLY,
            silent=request.video_only,
        ),
        recorded_into(request.format, request.path),
        encoding=encoding(request.resolution, request.frame_rate),
    )
    return await start_egress(context, asked, patience=STARTING_SECONDS)
