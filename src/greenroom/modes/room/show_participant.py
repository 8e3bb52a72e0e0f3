"""Show one participant: name, rights, attributes and what they publish."""

from __future__ import annotations

from greenroom.domain.capability import Example, Request, capability
from greenroom.domain.nouns import Participant
from greenroom.domain.ports import Context
from greenroom.modes._fields import ExistingRoom, PersonInside
from greenroom.modes._state import existing_participant


class ShowParticipant(Request):
    """Somebody in a room."""

    room: ExistingRoom
    identity: PersonInside


def tell(request: ShowParticipant, _before: None, result: Participant) -> str:
    """Name, what they may do, what they publish, what is attached to them."""
    may = result.permission
    called = f" ({result.name})" if result.name and result.name != result.identity else ""
    rights = [
        "may publish" if may.can_publish else "may not publish",
        "may subscribe" if may.can_subscribe else "may not subscribe",
    ]
    if may.can_publish and may.can_publish_sources:
        rights[0] = f"may publish {' and '.join(may.can_publish_sources)} only"
    rights += ["hidden"] if may.hidden else []
    sources = ", ".join(track.source for track in result.tracks)
    publishes = f"publishes {sources}" if sources else "publishes nothing"
    more = f" Metadata: {result.metadata}." if result.metadata else ""
    given = {k: v for k, v in result.attributes.items() if not k.startswith(("lk.", "greenroom."))}
    more += f" Attributes: {', '.join(f'{k}={v}' for k, v in given.items())}." if given else ""
    return (
        f"{request.identity}{called} in {request.room}: {result.state}, {', '.join(rights)}, "
        f"{publishes}.{more}"
    )


@capability(
    effect="read",
    grant="roomAdmin",
    positional=("room", "identity"),
    tell=tell,
    examples=(
        Example("show participant dana in room standup", room="standup", identity="dana"),
        Example("what may dana do in room standup?", room="standup", identity="dana"),
    ),
)
async def show_participant(context: Context, request: ShowParticipant) -> Participant:
    """One participant. Raises not-found. LiveKit: RoomService.ListParticipants."""
    return await existing_participant(context, request.room, request.identity)
