"""Mute what one participant publishes."""

from __future__ import annotations

from typing import Self

from pydantic import Field, model_validator

from greenroom.domain.capability import Example, Request, capability
from greenroom.domain.ports import Context
from greenroom.domain.rights import Source
from greenroom.domain.tracks import Muting, Published
from greenroom.modes._fields import ExistingRoom, PersonInside
from greenroom.modes._state import existing_participant
from greenroom.modes.track._live_fields import MutedSources, Number, OneTrack, microphone
from greenroom.modes.track._muting import mute_these, take_back, tell_person
from greenroom.modes.track._tracks import of_person


class Mute(Request):
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


async def the_tracks(context: Context, request: Mute) -> Published:
    """The tracks as they are before. Raises not-found, with what the person does publish."""
    person = await existing_participant(context, request.room, request.identity)
    sources: list[Source] = request.sources
    tracks = of_person(request.room, person, sources, request.track, request.number)
    return Published(tracks=tuple(tracks))


def tell(request: Mute, _before: Published, result: Muting) -> str:
    """What is muted now."""
    return tell_person(request.identity, request.room, result)


@capability(
    effect="write",
    grant="roomAdmin",
    positional=("room", "identity"),
    rules=("secure-transport", "tracks-muted"),
    before=the_tracks,
    undo=take_back,
    tell=tell,
    examples=(
        Example("mute dana in room lobby", room="lobby", identity="dana"),
        Example(
            "turn off bob's camera in room standup",
            room="standup",
            identity="bob",
            sources=["camera"],
        ),
        Example(
            "mute the second camera of bob in room standup",
            room="standup",
            identity="bob",
            sources=["camera"],
            number=2,
        ),
        Example(
            "stop ana's screen share in room stage",
            room="stage",
            identity="ana",
            sources=["screen_share"],
        ),
    ),
)
async def mute(context: Context, request: Mute) -> Muting:
    """Others hear or see it no more, until the person unmutes it. Raises not-found. LiveKit: RoomService.MutePublishedTrack."""
    del request
    before: Published = context.before
    return await mute_these(context, before.tracks, muted=True)
