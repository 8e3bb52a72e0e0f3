"""Send a data message to everybody in a room, or to some."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from greenroom.domain.capability import Example, Kind, Means, Request, Words, capability
from greenroom.domain.nouns import RoomDetails, Sent
from greenroom.domain.ports import Context
from greenroom.modes._fields import ExistingRoom
from greenroom.modes._state import not_inside, people, room_details


class SendToRoom(Request):
    """LiveKit: SendDataRequest."""

    room: ExistingRoom
    text: Annotated[
        str,
        Kind.TEXT,
        Words(
            "message",
            "text",
            "saying",
            "that says",
            "data",
            "words",
            "announcement",
            "notice",
            "send",
            "tell",
            "announce",
            "say",
            "post",
            "push",
            "deliver",
            "broadcast",
            "write",
            "notify",
            "inform",
            "know",
            "read",
            "show",
            "shout",
            "pass",
            "put",
        ),
        Field(min_length=1, description="Text or JSON; 15 KiB at most arrive everywhere."),
    ]
    topic: Annotated[
        str,
        Kind.TEXT,
        Words("topic", "on topic", "under topic", "with topic", "channel"),
        Field(description="What clients tell messages apart by; none: an empty topic."),
    ] = ""
    identities: Annotated[
        list[str],
        Kind.PERSON,
        Words("only to", "to", "for", "just to", "participant", "participants"),
        Field(description="Who is to get it; nobody named: everybody."),
    ] = Field(default_factory=list)
    reliable: Annotated[
        bool,
        Means(False, "lossy", "unreliable", "unreliably"),
        Field(description="Sent again until it arrives, in order; else once."),
    ] = True


async def the_room(context: Context, request: SendToRoom) -> RoomDetails:
    """The room and who is in it; those named are there. Raises not-found."""
    details = await room_details(context, request.room)
    inside = [person.identity for person in details.participants]
    for identity in request.identities:
        if identity not in inside:
            raise not_inside(identity, request.room, inside)
    return details


def tell(request: SendToRoom, _before: RoomDetails, result: Sent) -> str:
    """To whom, and that nobody confirms it."""
    few = 3
    names = result.identities
    whom = " and ".join(names) if 0 < len(names) <= few else people(len(names))
    topic = f" under the topic {request.topic}" if request.topic else ""
    return f"Message of {result.size} bytes sent to {whom} in {request.room}{topic}."


@capability(
    effect="write",
    grant="roomAdmin",
    positional=("room", "text"),
    rules=("secure-transport", "data-size", "somebody-inside"),
    before=the_room,
    cannot_undo="A message that was sent cannot be called back.",
    tell=tell,
    examples=(
        Example(
            'send "five minutes left" to everybody in room standup',
            room="standup",
            text="five minutes left",
        ),
        Example(
            'send the message "you are next" to dana in room standup',
            room="standup",
            text="you are next",
            identities=["dana"],
        ),
    ),
)
async def send_to_room(context: Context, request: SendToRoom) -> Sent:
    """Clients get it as data without a sender. Raises not-found. LiveKit: RoomService.SendData."""
    payload = request.text.encode()
    await context.rooms.send_data(
        request.room,
        payload,
        topic=request.topic,
        identities=request.identities,
        reliable=request.reliable,
    )
    details: RoomDetails = context.before
    inside = tuple(person.identity for person in details.participants)
    return Sent(
        room=request.room,
        topic=request.topic,
        size=len(payload),
        identities=tuple(request.identities) or inside,
    )
