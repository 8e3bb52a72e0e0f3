"""List what is published in a room."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from greenroom.domain.capability import Example, Kind, Request, Words, capability
from greenroom.domain.ports import Context
from greenroom.domain.tracks import PublishedTrack, TrackList
from greenroom.modes._fields import ExistingRoom
from greenroom.modes._state import not_inside, room_details
from greenroom.modes.track._live_fields import AnySources
from greenroom.modes.track._tracks import NAMES, published

FEW = 20
"""Tracks that a sentence holds; the result has all."""


class List(Request):
    """What is given narrows it down."""

    room: ExistingRoom
    identity: Annotated[
        str,
        Kind.PERSON,
        Words("participant", "user", "person", "identity", "of", "by", "from"),
        Field(max_length=256, description='Only what this person publishes; "": everybody.'),
    ] = ""
    sources: AnySources = Field(default_factory=list)


def tell(request: List, _before: None, result: TrackList) -> str:
    """Who publishes what, and whether it is muted."""
    who = request.identity or "Nobody"
    if not result.tracks:
        does = "publishes no" if request.identity else "publishes a"
        wanted = " or ".join(NAMES[source] for source in request.sources)
        what = (
            f"{does} {wanted}"
            if wanted
            else ("publishes nothing" if request.identity else "publishes anything")
        )
        return f"{who} {what} in {request.room}."
    by_person: dict[str, list[str]] = {}
    for track in result.tracks[:FEW]:
        by_person.setdefault(track.identity, []).append(shown(track))
    said = "; ".join(f"{name}: {', '.join(tracks)}" for name, tracks in by_person.items())
    more = len(result.tracks) - FEW
    return f"In {request.room}: {said}{f'; and {more:,} tracks more' if more > 0 else ''}."


def shown(track: PublishedTrack) -> str:
    """``camera on (1280x720)``, ``microphone muted``."""
    size = f" ({track.width}x{track.height})" if track.width else ""
    name = NAMES.get(track.source, track.name or track.type)
    return f"{name} {'muted' if track.muted else 'on'}{size}"


@capability(
    effect="read",
    grant="roomAdmin",
    positional=("room", "identity"),
    tell=tell,
    examples=(
        Example("which tracks are there in room lobby?", room="lobby"),
        Example(
            "is dana's camera on in room lobby?", room="lobby", identity="dana", sources=["camera"]
        ),
    ),
)
async def list_(context: Context, request: List) -> TrackList:
    """By identity, then in order of publishing. Raises not-found. LiveKit: RoomService.ListParticipants."""
    people = (await room_details(context, request.room)).participants
    if request.identity and request.identity not in {person.identity for person in people}:
        raise not_inside(request.identity, request.room, [person.identity for person in people])
    tracks = [
        track
        for person in people
        if request.identity in {"", person.identity}
        for track in published(request.room, person, request.sources)
    ]
    return TrackList(room=request.room, tracks=tuple(tracks))
