"""Stop sending a participant what others publish."""

from __future__ import annotations

from greenroom.domain.capability import Example, capability
from greenroom.domain.plan import Call
from greenroom.domain.ports import Context
from greenroom.domain.tracks import Receiver, Subscription
from greenroom.modes.track._subscribing import (
    UNSEEN,
    Receive,
    other_way,
    receive,
    the_receiver,
    told,
)


class Unsubscribe(Receive):
    """What is published now. The client may subscribe again; ``can_subscribe`` of room.update_participant forbids it."""


def put_back(request: Unsubscribe, before: Receiver, result: Subscription) -> Call:
    """Receive them again."""
    return other_way("track.subscribe", request, before, result)


def tell(_request: Unsubscribe, _before: Receiver, result: Subscription) -> str:
    """What the server was told; and that nobody can look."""
    return f"{result.identity} in {result.room} is unsubscribed from {told(result)}. {UNSEEN}"


@capability(
    effect="write",
    grant="roomAdmin",
    positional=("room", "identity"),
    rules=("secure-transport", "receiver-inside"),
    before=the_receiver,
    undo=put_back,
    tell=tell,
    examples=(
        Example(
            "stop sending video to bob in room lobby",
            room="lobby",
            identity="bob",
            sources=["camera"],
        ),
        Example(
            "unsubscribe dana from ben's screen share in room stage",
            room="stage",
            identity="dana",
            publisher="ben",
            sources=["screen_share"],
        ),
    ),
)
async def unsubscribe(context: Context, request: Unsubscribe) -> Subscription:
    """The server sends these tracks no more. Raises not-found. LiveKit: RoomService.UpdateSubscriptions."""
    before: Receiver = context.before
    return await receive(context, request, before.tracks, subscribe=False)
