"""Names on the server and in the settings, for one request."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from greenroom.domain.access import PACKAGED
from greenroom.domain.egress import EgressInfo
from greenroom.domain.errors import ConfigurationError, GreenroomError
from greenroom.domain.media_ports import Egress
from greenroom.domain.ports import Rooms, Settings

KEPT = {
    "egress.destinations": "destination",
    "track.videoPresets": "preset",
    "track.audioPresets": "preset",
    "auth.roles": "role",
}
"""Table of settings → what those are that are kept in it under a name."""


class LiveNames:
    """planning.Names: read once a request and only when asked for."""

    def __init__(self, rooms: Rooms, egress: Egress, settings: Settings) -> None:
        self._server, self._egress, self._settings = rooms, egress, settings
        self._rooms: tuple[str, ...] | None = None
        self._people: dict[str, tuple[str, ...]] = {}
        self._egresses: dict[bool, tuple[EgressInfo, ...]] = {}
        self.unreachable: GreenroomError | None = None
        """Why the server could not be asked for names: then there are none."""

    async def rooms(self) -> tuple[str, ...]:
        """Names of all rooms."""
        if self._rooms is None:
            try:
                self._rooms = tuple(room.name for room in await self._server.list_rooms())
            except GreenroomError as error:
                self.unreachable, self._rooms = error, ()
        return self._rooms

    async def people(self, room: str) -> tuple[str, ...]:
        """Identities in one room."""
        if room not in self._people:
            try:
                inside = await self._server.list_participants(room)
            except GreenroomError as error:
                self.unreachable, inside = error, ()
            self._people[room] = tuple(participant.identity for participant in inside)
        return self._people[room]

    async def egresses(self, *, active: bool) -> tuple[EgressInfo, ...]:
        """What is recorded or streamed, or was; nothing where nothing could do it."""
        if active not in self._egresses:
            try:
                found = await self._egress.list_egress(active=active)
            except GreenroomError:
                found = ()
            self._egresses[active] = tuple(one for one in found if one.is_active is active)
        return self._egresses[active]

    def kept(self) -> Mapping[str, str]:
        """Names of destinations, presets and roles; none where something is wrong in the settings: whoever needs them says what.

        Greenroom's own roles are words of their own: "viewer", "host".
        """
        try:
            return kept_in(self._settings.now())
        except ConfigurationError:
            return {}


@lru_cache(maxsize=2)
def kept_in(settings: Settings) -> Mapping[str, str]:
    """The same of one reading of the files, which is one object until they change. Raises ConfigurationError."""
    return {
        name: what
        for table, what in KEPT.items()
        for name in settings.chosen(table) or ()
        if what != "role" or is_own(settings, f"{table}.{name}")
    }


def is_own(settings: Settings, key: str) -> bool:
    """Whether people defined it, and not only Greenroom."""
    return any(source.layer != PACKAGED for source in settings.said_by(key))
