"""Export one track of a person as it is published: microphone, camera or screen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field

from greenroom.domain.capability import Example, Kind, Means, Request, Words, capability
from greenroom.domain.egress import EgressInfo, EgressOutput, EgressSource
from greenroom.domain.errors import PreconditionFailed
from greenroom.domain.nouns import Participant
from greenroom.domain.ports import Context
from greenroom.domain.tracks import Track
from greenroom.modes._egresses import results
from greenroom.modes._fields import ExistingRoom, PersonInside
from greenroom.modes._starting import asked_for, start, stop_again
from greenroom.modes._state import existing_participant
from greenroom.modes.egress._fields import FilePath

FILE_NAME = "{room_name}-{publisher_identity}-{track_source}-{time}"
"""LiveKit fills these in for a single track. egress pkg/config/output_file.go."""


class ExportTrack(Request):
    """LiveKit: TrackEgressRequest, DirectFileOutput."""

    room: ExistingRoom
    identity: PersonInside
    source: Annotated[
        Literal["microphone", "camera", "screen_share"],
        Kind.CHOICE,
        Means("microphone", "microphone", "mic", "microphone track", "voice", "audio track"),
        Means("camera", "camera", "webcam", "camera track", "video track"),
        Means("screen_share", "screen share", "screen", "shared screen", "screen track"),
        Field(description="Which of their tracks."),
    ] = "camera"
    track: Annotated[
        str,
        Kind.TRACK,
        Words("track", "sid", "track id"),
        Field(
            pattern=r"^(TR_\w+)?$",
            description="Sid of the track, TR_…, where they publish several.",
        ),
    ] = ""
    path: FilePath = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Publishing:
    """The person, their track, and who would export it."""

    person: Participant
    track: Track
    service: str


async def before(context: Context, request: ExportTrack) -> Publishing:
    """The track that is meant. Raises not-found with what they do publish, several-fit with the sids, egress-missing."""
    person = await existing_participant(context, request.room, request.identity)
    service = await context.egress.service()
    return Publishing(person=person, track=the_track(request, person), service=service)


def the_track(request: ExportTrack, person: Participant) -> Track:
    """By sid, else by source. Raises PreconditionFailed (not-found, several-fit)."""
    if request.track:
        fitting = [track for track in person.tracks if track.sid == request.track]
    else:
        fitting = [track for track in person.tracks if track.source == request.source]
    if len(fitting) == 1:
        return fitting[0]
    what = request.track or request.source.replace("_", " ")
    listed = ", ".join(f"{track.source} ({track.sid})" for track in fitting or person.tracks)
    if fitting:
        msg = f"{person.identity} publishes {len(fitting)} tracks of {what}."
        raise PreconditionFailed(msg, code="several-fit", hint=f"Name one by its sid: {listed}.")
    msg = f"{person.identity} publishes no {what} in {request.room}."
    hint = f"They publish {listed}." if listed else "They publish nothing just now."
    raise PreconditionFailed(msg, code="not-found", hint=hint)


def tell(_request: ExportTrack, before: Publishing, result: EgressInfo) -> str:
    """What is exported, into which file."""
    whose = f"{before.person.identity}'s {before.track.source.replace('_', ' ')}"
    return f"{whose} ({before.track.sid}) in {result.room} is exported ({result.egress_id}): {results(result)}."


@capability(
    effect="write",
    grant="roomRecord",
    positional=("room", "identity", "source"),
    rules=("secure-transport", "egress-enabled", "export-storage-named", "egress-runs"),
    before=before,
    undo=stop_again,
    tell=tell,
    examples=(
        Example(
            "export dana's microphone track from lobby",
            room="lobby",
            identity="dana",
            source="microphone",
        ),
    ),
)
async def export_track(context: Context, request: ExportTrack) -> EgressInfo:
    """Begin, and wait until it runs; it ends with the track. LiveKit writes it as it is coded. LiveKit: StartTrackEgress."""
    there: Publishing = context.before
    track = EgressSource(kind="track", track=there.track.sid)
    output = EgressOutput(kind="file", path=request.path or FILE_NAME)
    return await start(context, asked_for(context, "egress", request.room, track, output))
