"""ports.Rooms on livekit-api."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from greenroom.adapters.livekit.errors import redacted, refused_credentials, translate
from greenroom.adapters.livekit.probe import HttpProbe
from greenroom.domain.errors import GreenroomError
from greenroom.domain.nouns import Participant, Room
from greenroom.domain.ports import Clock

if TYPE_CHECKING:
    import aiohttp
    from livekit.api import LiveKitAPI
    from livekit.protocol.models import ParticipantInfo
    from livekit.protocol.models import Room as RoomMessage

T = TypeVar("T")

TOKEN_SECONDS = 600
RENEW_SECONDS = 300
CLOCK_SLACK = 10
"""Seconds that ``nbf`` lies in the past, for servers whose clock is a little behind."""
KEPT_CLIENTS = 256
READ_TRIES = 3
ALL_ROOMS = {"roomCreate": True, "roomList": True}


class LiveKitRooms:
    """LiveKit: RoomService. One HTTP session; tokens are signed once per right and used for five minutes.

    Reads are tried again when the connection fails. Writes never are: nobody knows whether they happened.
    """

    def __init__(
        self,
        url: str,
        mint: Callable[[Mapping[str, Any]], str],
        *,
        clock: Clock,
        timeout: float = 10.0,
    ) -> None:
        self._url = url.rstrip("/")
        self._mint = mint
        self._clock = clock
        self._timeout = timeout
        self._session: aiohttp.ClientSession | None = None
        self._clients: dict[str, tuple[float, LiveKitAPI]] = {}

    async def close(self) -> None:
        """Close the HTTP session."""
        if self._session is not None:
            await self._session.close()
            self._session = None
        self._clients.clear()

    def _client(self, room: str | None = None) -> LiveKitAPI:
        """A client whose token has the rights over all rooms, or is admin of one."""
        now = self._clock.now()
        key = "" if room is None else f"/{room}"
        kept = self._clients.get(key)
        if kept is not None and now < kept[0]:
            return kept[1]
        import aiohttp
        from livekit.api import LiveKitAPI

        if self._session is None:
            patience = aiohttp.ClientTimeout(total=self._timeout)
            self._session = aiohttp.ClientSession(timeout=patience)
        if len(self._clients) >= KEPT_CLIENTS:
            self._clients.clear()
        grant = ALL_ROOMS if room is None else {"roomAdmin": True, "room": room}
        begin = int(now) - CLOCK_SLACK
        token = self._mint({"nbf": begin, "exp": int(now) + TOKEN_SECONDS, "video": grant})
        client = LiveKitAPI.with_token(token, self._url, session=self._session)
        self._clients[key] = (now + RENEW_SECONDS, client)
        return client

    async def _call(self, doing: str, send: Callable[[], Awaitable[T]], *, tries: int = 1) -> T:
        """Send; translate what goes wrong; try reads again."""
        from aiohttp import ClientError
        from google.protobuf.message import DecodeError
        from livekit.api import TwirpError

        while True:
            tries -= 1
            try:
                return await send()
            except (TwirpError, ClientError, DecodeError, OSError, ValueError, TimeoutError) as fault:
                error = await self._explain(fault, doing)
                if not (tries and error.code in {"connection-failed", "connection-refused", "unavailable"}):
                    raise error from None
                await self._clock.sleep(0.1 * 2 ** (READ_TRIES - 1 - tries))

    async def _explain(self, fault: Exception, doing: str) -> GreenroomError:
        """The table's error; for refused credentials, the reason."""
        error = translate(fault, doing=doing, url=self._url)
        if error.code == "unauthenticated":
            theirs = await HttpProbe(self._url).server_time()
            return refused_credentials(redacted(str(fault)), self._url, self._clock.now(), theirs)
        return error

    async def list_rooms(self, names: Sequence[str] = ()) -> tuple[Room, ...]:
        """Rooms by exact name, or all; sorted by name. LiveKit: ListRooms."""
        from livekit.api import ListRoomsRequest

        message = ListRoomsRequest(names=names)
        found = await self._call(
            "Listing rooms", lambda: self._client().room.list_rooms(message), tries=READ_TRIES
        )
        return tuple(sorted(map(room_of, found.rooms), key=lambda room: room.name))

    async def create_room(
        self,
        name: str,
        *,
        max_participants: int = 0,
        empty_timeout: int | None = None,
        departure_timeout: int | None = None,
        metadata: str = "",
    ) -> Room:
        """Create a room; an existing one comes back unchanged. LiveKit: CreateRoom."""
        from livekit.api import CreateRoomRequest

        message = CreateRoomRequest(
            name=name,
            max_participants=max_participants,
            empty_timeout=empty_timeout or 0,
            departure_timeout=departure_timeout or 0,
            metadata=metadata,
        )
        return room_of(
            await self._call("Creating the room", lambda: self._client().room.create_room(message))
        )

    async def delete_room(self, name: str) -> None:
        """Close a room. LiveKit: DeleteRoom."""
        from livekit.api import DeleteRoomRequest

        message = DeleteRoomRequest(room=name)
        await self._call("Deleting the room", lambda: self._client().room.delete_room(message))

    async def list_participants(self, room: str) -> tuple[Participant, ...]:
        """Who is in the room; sorted by identity. LiveKit: ListParticipants."""
        from livekit.api import ListParticipantsRequest

        message = ListParticipantsRequest(room=room)
        found = await self._call(
            "Listing participants",
            lambda: self._client(room).room.list_participants(message),
            tries=READ_TRIES,
        )
        return tuple(sorted(map(participant_of, found.participants), key=lambda p: p.identity))

    async def remove_participant(self, room: str, identity: str) -> None:
        """Disconnect one participant. LiveKit: RemoveParticipant."""
        from livekit.api import RoomParticipantIdentity

        message = RoomParticipantIdentity(room=room, identity=identity)
        await self._call(
            "Removing the participant", lambda: self._client(room).room.remove_participant(message)
        )


def room_of(message: RoomMessage) -> Room:
    """The noun for LiveKit's Room, without turn_password."""
    return Room(
        name=message.name,
        sid=message.sid,
        max_participants=message.max_participants,
        empty_timeout=message.empty_timeout,
        departure_timeout=message.departure_timeout,
        metadata=message.metadata,
        num_participants=message.num_participants,
        num_publishers=message.num_publishers,
        active_recording=message.active_recording,
        creation_time=message.creation_time,
    )


def participant_of(message: ParticipantInfo) -> Participant:
    """The noun for LiveKit's ParticipantInfo."""
    from livekit.protocol.models import ParticipantInfo, TrackSource

    return Participant(
        identity=message.identity,
        name=message.name,
        sid=message.sid,
        state=ParticipantInfo.State.Name(message.state).lower(),
        kind=ParticipantInfo.Kind.Name(message.kind).lower(),
        joined_at=message.joined_at,
        metadata=message.metadata,
        attributes=dict(message.attributes),
        can_publish=message.permission.can_publish,
        can_subscribe=message.permission.can_subscribe,
        tracks=tuple(TrackSource.Name(track.source).lower() for track in message.tracks),
    )
