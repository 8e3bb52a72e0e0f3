"""End what was left behind: streams and exports whose room is gone, or that never began."""

from __future__ import annotations

from greenroom.domain.capability import Example, Request, capability
from greenroom.domain.egress import EgressInfo
from greenroom.domain.errors import PreconditionFailed
from greenroom.domain.nouns import FollowUp
from greenroom.domain.plan import Call
from greenroom.domain.ports import Context

LONGEST_START = 120.0
"""Seconds of starting after which nothing is expected any more: a browser is there within 20."""


class CleanUp(Request):
    """All rooms."""


def tell(_request: CleanUp, _before: None, result: FollowUp) -> str:
    """What is about to be ended."""
    return f"Ending {result.about}."


def left_behind(info: EgressInfo, rooms: set[str], now: float) -> bool:
    """Whether nobody can want it any more. A web page has no room."""
    if info.status == "starting":
        return now - (info.started_at or info.updated_at) > LONGEST_START
    return info.status == "active" and info.room not in rooms | {""}


@capability(
    effect="read",
    grant="roomRecord",
    tell=tell,
    examples=(Example("clean up stuck egresses"),),
)
async def clean_up(context: Context, request: CleanUp) -> FollowUp:
    """Those that run and have no room, or have been starting for two minutes; they are shown, and ended after a yes, by a plan of their own. Raises not-found where there are none. LiveKit: ListEgress, ListRooms."""
    del request
    running = await context.egress.list_egress(active=True)
    rooms = {room.name for room in await context.rooms.list_rooms()}
    found = [one for one in running if left_behind(one, rooms, context.clock.now())]
    if not found:
        msg = f"No stream or export is stuck or without its room ({len(running)} under way), so nothing was done."
        hint = "`greenroom egress list --active` shows what runs."
        raise PreconditionFailed(msg, code="not-found", hint=hint)
    egresses = {one.egress_id: one.room for one in found}
    call = Call(capability="egress.stop_many", arguments={"egresses": egresses})
    few = ", ".join(
        f"{egress} ({room or 'a web page'})" for egress, room in [*egresses.items()][:8]
    )
    more = f" and {len(found) - 8} more" if len(found) > 8 else ""
    return FollowUp(calls=(call,), about=f"{len(found)} left behind: {few}{more}")
