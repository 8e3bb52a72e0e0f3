"""Recordings that wait for their room's first participant: livekit-server without Redis leaves automatic egress out.

One that waits is an egress like others: it has an id and keeps it, it is listed as EGRESS_STARTING, it can be
stopped, and it lies in the state folder, so that a restart of the recorder loses none. For that reason its request
may hold no keys of storage or streams: they are never on disk.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from aiohttp import ClientError
from google.protobuf.json_format import MessageToDict, ParseDict
from livekit import api
from livekit.protocol import egress
from livekit.protocol.models import ParticipantInfo
from livekit.protocol.room import ListParticipantsRequest, ListRoomsRequest

from greenroom.domain.ports import Clock
from greenroom.local.egress.redact import redact
from greenroom.local.egress.results import SECOND, new_id
from greenroom.local.recorder.asking import look_up
from greenroom.local.recorder.egresses import Egresses
from greenroom.local.recorder.store import Record
from greenroom.local.twirp.refusals import Refusal

if TYPE_CHECKING:
    from livekit.api.room_service import RoomService

LOOK_SECONDS = 1.0
WAITS = "It waits for the first participant."
KEYS = (
    "A recording that waits is kept on disk, where keys of storage and streams must not be. Record into the "
    "recorder's own folder; streams can be added when it runs (UpdateStream)."
)
NO_PEOPLE = frozenset({ParticipantInfo.EGRESS, ParticipantInfo.AGENT})
"""Kinds of participants for whom nothing begins."""
UNREACHABLE = (ClientError, TimeoutError, api.ServerError)
log = logging.getLogger("greenroom.recorder")


class Awaiting:
    """Looks at rooms while something waits, and only then."""

    def __init__(self, egresses: Egresses, rooms: RoomService, clock: Clock) -> None:
        self._egresses, self._rooms, self._clock = egresses, rooms, clock
        self._looking: asyncio.Task[None] | None = None
        self._failing = False

    async def add(self, request: egress.RoomCompositeEgressRequest) -> egress.EgressInfo:
        """Wait for somebody in a room that is there. Raises Refusal."""
        wish, _ = self._egresses.check(request)
        if _has_keys(request):
            raise Refusal("invalid_argument", KEYS)
        found = await look_up(self._rooms, wish)
        info = egress.EgressInfo(
            egress_id=new_id(),
            room_id=found.room_id,
            room_name=wish.room,
            source_type=egress.EGRESS_SOURCE_TYPE_SDK,
            status=egress.EGRESS_STARTING,
            details=WAITS,
            updated_at=int(self._clock.now() * SECOND),
            room_composite=request,
        )
        self._egresses.put(Record(info, [], waits_for=MessageToDict(request)))
        self.look()
        return info

    def look(self) -> None:
        """Look from now on, as long as something waits."""
        if self._looking is None or self._looking.done():
            self._looking = asyncio.create_task(self._look())

    async def close(self) -> None:
        """What waits is taken up again by the next service."""
        if self._looking is not None:
            self._looking.cancel()
            await asyncio.gather(self._looking, return_exceptions=True)

    async def _look(self) -> None:
        while waiting := self._egresses.waiting():
            try:
                await self._look_once(waiting)
            except UNREACHABLE as error:
                if not self._failing:
                    log.warning("the LiveKit server does not say who is inside: %s", error)
                self._failing = True
            else:
                self._failing = False
            await asyncio.sleep(LOOK_SECONDS)

    async def _look_once(self, waiting: Sequence[Record]) -> None:
        names = {record.info.room_name for record in waiting}
        listed = await self._rooms.list_rooms(ListRoomsRequest(names=names))
        # Another room may have the name meanwhile.
        open_rooms = {room.sid for room in listed.rooms}
        occupied = {room.name for room in listed.rooms if await self._has_people(room.name)}
        for record in waiting:
            if not record.waits_for:
                continue
            if record.info.room_id not in open_rooms:
                self._egresses.give_up(record, "Source closed")
            elif record.info.room_name in occupied:
                await self._begin(record)

    async def _has_people(self, room: str) -> bool:
        listed = await self._rooms.list_participants(ListParticipantsRequest(room=room))
        return any(
            person.kind not in NO_PEOPLE and not person.permission.hidden
            for person in listed.participants
        )

    async def _begin(self, record: Record) -> None:
        # It waits no more, so that a stop that comes now does not end what is just beginning twice.
        waits_for, record.waits_for = record.waits_for, {}
        request = ParseDict(waits_for, egress.RoomCompositeEgressRequest())
        try:
            await self._egresses.start_as(record.info.egress_id, request)
        except Refusal as refusal:
            if refusal.code == "unavailable":
                record.waits_for = waits_for
            else:
                self._egresses.give_up(record, "Failure", refusal.message)
        except UNREACHABLE:
            record.waits_for = waits_for
            raise


def _has_keys(request: Any) -> bool:
    """Whether something of it must not be shown."""
    shown = type(request)()
    shown.CopyFrom(request)
    redact(shown)
    return bool(shown != request)
