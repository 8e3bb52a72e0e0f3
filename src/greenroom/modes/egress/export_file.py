"""Export a room, or one person in it, into a file."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from greenroom.domain.capability import Example, Kind, Means, Request, Words, capability
from greenroom.domain.egress import EgressInfo, RoomEgresses
from greenroom.domain.egress_checks import SOUND_ONLY
from greenroom.domain.ports import Context
from greenroom.modes._fields import ExistingRoom
from greenroom.modes._starting import (
    asked_for,
    encoding,
    found,
    recorded_into,
    source,
    start,
    stop_again,
    told,
)
from greenroom.modes.egress._fields import FilePath, OnlyPerson, Resolution, RoomLayout


class ExportFile(Request):
    """LiveKit: EncodedFileOutput of a RoomCompositeEgressRequest or ParticipantEgressRequest."""

    room: ExistingRoom
    format: Annotated[
        Literal["mp4", "mp3", "ogg", "webm"],
        Kind.CHOICE,
        Words("format", "as", "file type"),
        Means("mp4", "mp4", "an mp4", "mp4 file", "mpeg-4"),
        Means("mp3", "mp3", "an mp3", "mp3 file"),
        Means("ogg", "ogg", "opus", "an ogg", "ogg file"),
        Means("webm", "webm", "a webm", "webm file", "vp8"),
        Field(description="Kind of file; mp3 and ogg hold sound alone."),
    ] = "mp4"
    audio_only: Annotated[
        bool,
        Means(
            True, "audio only", "only audio", "only the audio", "just the audio", "the audio",
            "audio of", "sound only", "only sound", "only the sound", "just the sound", "the sound",
            "no video", "without video", "without pictures",
        ),
        Field(description="Sound without pictures."),
    ] = False  # fmt: skip
    layout: RoomLayout = None
    resolution: Resolution = None
    identity: OnlyPerson = ""
    path: FilePath = ""


async def before(context: Context, request: ExportFile) -> RoomEgresses:
    """The room, the person, and what is made of it. Raises not-found, egress-missing."""
    return await found(context, request.room, request.identity)


def tell(_request: ExportFile, _before: RoomEgresses, result: EgressInfo) -> str:
    """What is exported, into which file."""
    return told("The export", result)


@capability(
    effect="write",
    grant="roomRecord",
    positional=("room",),
    rules=("secure-transport", "egress-enabled", "export-storage-named", "egress-runs"),
    before=before,
    undo=stop_again,
    tell=tell,
    examples=(
        Example("export the audio of lobby as mp3", room="lobby", format="mp3", audio_only=True),
        Example("export lobby as webm", room="lobby", format="webm"),
    ),
)
async def export_file(context: Context, request: ExportFile) -> EgressInfo:
    """Begin, and wait until it runs; the file is finished when it is stopped or the room closes. LiveKit: StartRoomCompositeEgress, StartParticipantEgress."""
    sound = request.audio_only or request.format in SOUND_ONLY
    asked = asked_for(
        context,
        "egress",
        request.room,
        source(layout=request.layout, identity=request.identity, sound=sound),
        recorded_into(request.format, request.path),
        encoding=None if sound else encoding(request.resolution),
    )
    return await start(context, asked)
