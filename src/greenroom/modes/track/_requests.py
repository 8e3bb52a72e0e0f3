"""What mute and unmute are asked: tracks of one person, or of everybody in a room."""

from __future__ import annotations

from typing import Self

from pydantic import Field, model_validator

from greenroom.domain.capability import Request
from greenroom.domain.ports import Context
from greenroom.domain.tracks import Published
from greenroom.modes._fields import ExistingRoom, PersonInside
from greenroom.modes._state import existing_participant, room_details
from greenroom.modes.track._live_fields import Keep, MutedSources, Number, OneTrack, microphone
from greenroom.modes.track._tracks import of_everybody, of_person


class OfOne(Request):
    """LiveKit: MuteRoomTrackRequest, by source instead of sid."""

    room: ExistingRoom
    identity: PersonInside
    sources: MutedSources = Field(default_factory=microphone)
    track: OneTrack = ""
    number: Number = None

    @model_validator(mode="after")
    def one_way(self) -> Self:
        """A sid says all there is to say."""
        if self.track and self.number is not None:
            msg = "a track's sid and a number both say which; give one of them"
            raise ValueError(msg)
        return self


class OfEverybody(Request):
    """People only: agents, ingress and hidden participants are meant where they are named."""

    room: ExistingRoom
    sources: MutedSources = Field(default_factory=microphone)
    keep: Keep = Field(default_factory=list)


async def tracks_of_one(context: Context, request: OfOne) -> Published:
    """The tracks as they are before. Raises not-found, with what the person does publish."""
    person = await existing_participant(context, request.room, request.identity)
    tracks = of_person(request.room, person, request.sources, request.track, request.number)
    return Published(tracks=tuple(tracks))


async def tracks_of_everybody(context: Context, request: OfEverybody) -> Published:
    """What everybody publishes, as it is before. Raises not-found."""
    details = await room_details(context, request.room)
    return of_everybody(request.room, details.participants, request.sources, request.keep)
