"""Choose how recordings and streams of a room show people."""

from __future__ import annotations

import json
from typing import Annotated

from pydantic import Field

from greenroom.domain.capability import Example, Request, capability
from greenroom.domain.metadata import merged, object_in
from greenroom.domain.nouns import PolicyState, RoomPolicy
from greenroom.domain.plan import Call
from greenroom.domain.ports import Context
from greenroom.domain.rights import policy_key
from greenroom.modes import _settings
from greenroom.modes._fields import AnyRoom
from greenroom.modes._layouts import AskedLayout
from greenroom.modes.room._policy import policy_before


class SetLayout(Request):
    """Layouts are those of LiveKit's egress templates."""

    room: AnyRoom
    layout: Annotated[
        AskedLayout, Field(description="How people are shown; null takes the choice back.")
    ]


async def the_policy(context: Context, request: SetLayout) -> PolicyState:
    """The layout that is kept now, and the room if there is one."""
    return await policy_before(context, request.room, ["layout"])


def put_back(request: SetLayout, before: PolicyState, _result: RoomPolicy) -> Call | None:
    """The former choice, if nobody changed it since."""
    if before.policy["layout"] == request.layout:
        return None
    return Call(
        capability="room.set_layout",
        arguments={"room": request.room, "layout": before.policy["layout"]},
        expects={"policy.layout": request.layout},
    )


def tell(request: SetLayout, before: PolicyState, result: RoomPolicy) -> str:
    """What is chosen, where it is written, and whether clients see it in the metadata."""
    where = _settings.where(result.settings)
    if request.layout is None:
        return f"No layout is chosen for {request.room} any more, {where}"
    said = f"Recordings of {request.room} will show people as {request.layout}, {where}"
    if any(object_in(room.metadata) is None for room in before.rooms):
        said += " Its metadata is no JSON object, so clients are not told there."
    return said


@capability(
    effect="write",
    grant="roomAdmin",
    positional=("room", "layout"),
    rules=("secure-transport", "room-policy-kept", "room-layout-mirrored"),
    before=the_policy,
    undo=put_back,
    tell=tell,
    examples=(
        Example("use the speaker layout for room standup", room="standup", layout="speaker"),
        Example("set the layout of room standup to grid", room="standup", layout="grid"),
    ),
)
async def set_layout(context: Context, request: SetLayout) -> RoomPolicy:
    """Keep it in the configuration, and mirror it in the metadata of a room that is open, as {"layout": …}. LiveKit: UpdateRoomMetadata."""
    before: PolicyState = context.before
    changes = {policy_key(request.room, "layout"): request.layout}
    settings = await _settings.write(context, changes)
    for room in before.rooms:
        if object_in(room.metadata) is not None:
            metadata = merged(room.metadata, json.dumps({"layout": request.layout}))
            metadata = "" if metadata == "{}" else metadata
            await context.rooms.update_room_metadata(request.room, metadata)
    policy = {} if request.layout is None else {"layout": request.layout}
    return RoomPolicy(room=request.room, policy=policy, changed=(), settings=settings)
