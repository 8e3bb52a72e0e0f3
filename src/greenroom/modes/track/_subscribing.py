"""Who receives what: the same both ways."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Self

from pydantic import Field, model_validator

from greenroom.domain.capability import Kind, Request, Words
from greenroom.domain.errors import PreconditionFailed
from greenroom.domain.plan import Call
from greenroom.domain.ports import Context
from greenroom.domain.tracks import PublishedTrack, Receiver, Subscription
from greenroom.modes._fields import ExistingRoom
from greenroom.modes._state import not_inside, room_details
from greenroom.modes.track._live_fields import AnySources
from greenroom.modes.track._tracks import NAMES, in_words, published

UNSEEN = "LiveKit does not show who receives what, so this could not be looked at again."


class Receive(Request):
    """LiveKit: UpdateSubscriptionsRequest, by person and source instead of sid."""

    room: ExistingRoom
    identity: Annotated[
        str,
        Kind.PERSON,
        Words("participant", "user", "person", "identity", "let", "to", "for", "subscribe"),
        Field(min_length=1, max_length=256, description="Identity of the one who receives."),
    ]
    publisher: Annotated[
        str,
        Kind.PERSON,
        Words("publisher", "from", "of", "by", "published by"),
        Field(max_length=256, description='Whose tracks; "": everybody\'s.'),
    ] = ""
    sources: AnySources = Field(default_factory=list)
    tracks: Annotated[
        list[str],
        Field(description="Only these tracks, by sid; undo says them."),
    ] = Field(default_factory=list)

    @model_validator(mode="after")
    def two_people(self) -> Self:
        """Nobody receives what they publish themselves."""
        if self.identity == self.publisher:
            msg = "nobody receives their own tracks; name another publisher"
            raise ValueError(msg)
        return self


async def the_receiver(context: Context, request: Receive) -> Receiver:
    """The receiver, and the tracks that are meant. Raises not-found, with what is published."""
    people = {one.identity: one for one in (await room_details(context, request.room)).participants}
    for name in filter(None, (request.identity, request.publisher)):
        if name not in people:
            raise not_inside(name, request.room, list(people))
    others = [
        one
        for name, one in people.items()
        if name != request.identity and request.publisher in {"", name}
    ]
    found = [
        track
        for one in others
        for track in published(request.room, one, request.sources)
        if not request.tracks or track.sid in request.tracks
    ]
    if not found:
        everything = [track for one in others for track in published(request.room, one, ())]
        what = " or ".join(NAMES[source] for source in request.sources) or "track"
        msg = f"{request.publisher or 'Nobody else'} publishes {'no' if request.publisher else 'a'} {what} in {request.room}."
        hint = f"Published is {in_words(everything)}."
        raise PreconditionFailed(msg, code="not-found", hint=hint)
    receiver = people[request.identity]
    return Receiver(
        sid=receiver.sid, can_subscribe=receiver.permission.can_subscribe, tracks=tuple(found)
    )


async def receive(
    context: Context, request: Receive, tracks: Sequence[PublishedTrack], *, subscribe: bool
) -> Subscription:
    """Tell the server."""
    sids = [track.sid for track in tracks]
    await context.rooms.update_subscriptions(
        request.room, request.identity, sids, subscribe=subscribe
    )
    return Subscription(
        room=request.room, identity=request.identity, subscribed=subscribe, tracks=tuple(tracks)
    )


def other_way(capability: str, request: Receive, before: Receiver, result: Subscription) -> Call:
    """The same tracks, to the same person if they did not join anew."""
    arguments = {
        "room": request.room,
        "identity": request.identity,
        "tracks": [track.sid for track in result.tracks],
    }
    return Call(capability=capability, arguments=arguments, expects={"sid": before.sid})


def told(result: Subscription) -> str:
    """``a camera and 2 microphones of bob, ana``."""
    whose = ", ".join(dict.fromkeys(track.identity for track in result.tracks))
    few = 5
    publishers = len({track.identity for track in result.tracks})
    return (
        f"{in_words(result.tracks)} of {whose if publishers <= few else f'{publishers:,} people'}"
    )
