"""Asks the LiveKit server for what a wish names: over the network, with patience for those who are just coming."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from livekit.protocol.room import ListParticipantsRequest, ListRoomsRequest

from greenroom.local.egress.lookup import Found, find, sources_of
from greenroom.local.egress.wish import Wish
from greenroom.local.twirp.refusals import Refusal, no_room

if TYPE_CHECKING:
    from livekit.api.room_service import RoomService

PAUSES = (0.1, 0.2, 0.4, 0.4)
"""Seconds: livekit-server tells a publisher its track's sid before it lists the track."""


async def look_up(rooms: RoomService, wish: Wish) -> Found:
    """Raises Refusal (not_found, invalid_argument)."""
    room_id = (await _room(rooms, wish.room)).sid
    if not sources_of(wish):
        return find(wish, room_id, ())
    for pause in PAUSES:
        try:
            return find(wish, room_id, await _people(rooms, wish.room))
        except Refusal as refusal:
            if refusal.code != "not_found":
                raise
        await asyncio.sleep(pause)
    return find(wish, room_id, await _people(rooms, wish.room))


async def _room(rooms: RoomService, name: str) -> Any:
    listed = await rooms.list_rooms(ListRoomsRequest(names=[name]))
    if not listed.rooms:
        raise no_room()
    return listed.rooms[0]


async def _people(rooms: RoomService, room: str) -> Any:
    return (await rooms.list_participants(ListParticipantsRequest(room=room))).participants
