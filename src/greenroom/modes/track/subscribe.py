"""Let a participant receive what others publish."""

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


class Subscribe(Receive):
    """What is published now; what is published later, clients subscribe to by themselves, or do not."""


def put_back(request: Subscribe, before: Receiver, result: Subscription) -> Call:
    """Receive them no more."""
    return other_way("track.unsubscribe", request, before, result)


def tell(_request: Subscribe, _before: Receiver, result: Subscription) -> str:
    """What the server was told; and that nobody can look."""
    return f"{result.identity} in {result.room} is subscribed to {told(result)}. {UNSEEN}"


@capability(
    effect="write",
    grant="roomAdmin",
    positional=("room", "identity"),
    rules=("secure-transport", "can-subscribe", "receiver-inside"),
    before=the_receiver,
    undo=put_back,
    tell=tell,
    examples=(
        Example(
            "let dana receive bob's camera in room lobby",
            room="lobby",
            identity="dana",
            publisher="bob",
            sources=["camera"],
        ),
        Example("subscribe ana to everybody in room stage", room="stage", identity="ana"),
    ),
)
async def subscribe(context: Context, request: Subscribe) -> Subscription:
    """The server sends these tracks from now on. Raises not-found. LiveKit: RoomService.UpdateSubscriptions."""
    before: Receiver = context.before
    return await receive(context, request, before.tracks, subscribe=True)
