"""LiveKit's RoomService. LiveKit: livekit_room.proto; Twirp v7 over HTTP, on LiveKit Cloud through livekit-api's client."""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from greenroom.adapters.livekit.errors import translate
from greenroom.adapters.livekit.mapping import to_participant, to_room
from greenroom.adapters.livekit.wire import base_of, exchange, watch
from greenroom.domain.errors import GreenroomError, InvalidRequest, ServerError
from greenroom.domain.nouns import Participant, Room
from greenroom.domain.ports import Clock

if TYPE_CHECKING:
    import aiohttp
    from google.protobuf.message import Message
    from livekit.api.twirp_client import TwirpClient

TOKEN_LIFE = 600
"""Seconds. A token of ours is renewed at half of it."""
TOKEN_START = 10
"""Seconds before now that a token starts, for a server whose clock is a little behind."""
TOKENS_KEPT = 512
EXTRA_TRIES = 2
FIRST_PAUSE = 0.1
REPEATABLE = frozenset({"connection-refused", "connection-failed", "unavailable"})
"""Codes after which a read is tried again: the next moment may be better."""

M = TypeVar("M", bound="Message")
T = TypeVar("T")


class LiveKitRooms:
    """ports.Rooms on one server. Opens connections on first use; ``close`` ends them.

    Reads are tried up to three times where the connection breaks or the server is unavailable. Writes
    are sent once: their outcome may be unknown, and a second try would answer for the first. On
    LiveKit Cloud livekit-api's client does this for reads, by moving to another region; elsewhere
    it has nothing to add, and importing it takes as long as all other work of a fresh process.
    """

    def __init__(
        self,
        url: str,
        mint: Callable[[Mapping[str, Any]], str],
        *,
        clock: Clock,
        timeout: float = 10.0,
        hide: Callable[[str], str] = str,
    ) -> None:
        """``mint`` signs claims and adds ``iss``; ``hide`` takes the API secret out of others' text."""
        self._url = url
        self._origin, path = base_of(url)
        self._prefix = f"{path}/twirp" if path else "twirp"
        self._service = f"{self._origin}/{self._prefix}/livekit.RoomService"
        self._cloud = self._origin.partition("://")[2].split(":")[0].endswith(".livekit.cloud")
        self._mint = mint
        self._hide = hide
        self._clock = clock
        self._timeout = timeout
        self._session: aiohttp.ClientSession | None = None
        self._clients: dict[bool, TwirpClient] = {}
        self._tokens: OrderedDict[tuple[tuple[str, str | bool], ...], tuple[str, float]] = (
            OrderedDict()
        )

    async def close(self) -> None:
        """Close all connections. A later call opens new ones."""
        session, self._session = self._session, None
        self._clients.clear()
        if session is not None:
            await session.close()

    async def list_rooms(self, names: Sequence[str] = ()) -> tuple[Room, ...]:
        """Rooms by exact name, or all. Sorted by name. LiveKit: ListRooms, grant roomList."""
        from livekit.protocol import room as proto

        request = _request(proto.ListRoomsRequest, names=list(names))
        answer = await self._read(
            "ListRooms",
            request,
            {"roomList": True},
            proto.ListRoomsResponse,
            "listing rooms",
        )
        return tuple(sorted((to_room(found) for found in answer.rooms), key=lambda room: room.name))

    async def create_room(
        self,
        name: str,
        *,
        max_participants: int = 0,
        empty_timeout: int | None = None,
        departure_timeout: int | None = None,
        metadata: str = "",
    ) -> Room:
        """Create a room. An existing one is returned as it is: LiveKit changes nothing.

        A timeout of 0 cannot be sent (proto3 leaves zero out): it means the server's default, as None.
        LiveKit: CreateRoom, grant roomCreate.
        """
        from livekit.protocol import models
        from livekit.protocol import room as proto

        request = _request(
            proto.CreateRoomRequest,
            name=name,
            max_participants=max_participants,
            empty_timeout=empty_timeout or 0,
            departure_timeout=departure_timeout or 0,
            metadata=metadata,
        )
        made = await self._call(
            "CreateRoom", request, {"roomCreate": True}, models.Room, "creating the room"
        )
        if not made.sid or made.name != name:
            msg = "While creating the room: the server agreed, but what it sent is not that room."
            hint = "Check LIVEKIT_URL: something answers in LiveKit's place."
            raise ServerError(msg, code="not-livekit", hint=hint)
        return to_room(made)

    async def delete_room(self, name: str) -> None:
        """Close a room and disconnect everybody in it. LiveKit: DeleteRoom, grant roomCreate."""
        from livekit.protocol import room as proto

        request = _request(proto.DeleteRoomRequest, room=name)
        await self._call(
            "DeleteRoom",
            request,
            {"roomCreate": True},
            proto.DeleteRoomResponse,
            "deleting the room",
        )

    async def list_participants(self, room: str) -> tuple[Participant, ...]:
        """Who is in the room; empty for a room that does not exist. Sorted by identity.

        LiveKit: ListParticipants, grant roomAdmin for that room.
        """
        from livekit.protocol import room as proto

        request = _request(proto.ListParticipantsRequest, room=room)
        answer = await self._read(
            "ListParticipants",
            request,
            {"roomAdmin": True, "room": room},
            proto.ListParticipantsResponse,
            "listing participants",
        )
        people = (to_participant(found) for found in answer.participants)
        return tuple(sorted(people, key=lambda person: person.identity))

    async def update_room_metadata(self, name: str, metadata: str) -> Room:
        """Replace a room's metadata. LiveKit: UpdateRoomMetadata, grant roomAdmin for that room."""
        from livekit.protocol import models
        from livekit.protocol import room as proto

        answer = await self._call(
            "UpdateRoomMetadata",
            _request(proto.UpdateRoomMetadataRequest, room=name, metadata=metadata),
            {"roomAdmin": True, "room": name},
            models.Room,
            "changing the metadata",
        )
        return to_room(answer)

    async def remove_participant(self, room: str, identity: str) -> None:
        """Disconnect one participant. LiveKit: RemoveParticipant, grant roomAdmin for that room."""
        from livekit.protocol import room as proto

        request = _request(proto.RoomParticipantIdentity, room=room, identity=identity)
        await self._call(
            "RemoveParticipant",
            request,
            {"roomAdmin": True, "room": room},
            proto.RemoveParticipantResponse,
            "removing the participant",
        )

    async def _read(
        self,
        method: str,
        request: Message,
        grants: Mapping[str, str | bool],
        answer: type[M],
        doing: str,
    ) -> M:
        def once() -> Awaitable[M]:
            return self._call(method, request, grants, answer, doing, failover=True)

        # livekit-api repeats on Cloud by itself: ours on top would make nine tries of three.
        return await self._persist(once, 0 if self._cloud else EXTRA_TRIES)

    async def _persist(self, once: Callable[[], Awaitable[T]], extra: int) -> T:
        for attempt in range(extra):
            try:
                return await once()
            except GreenroomError as error:
                if error.code not in REPEATABLE:
                    raise
            await self._clock.sleep(FIRST_PAUSE * 2**attempt)
        return await once()

    async def _call(
        self,
        method: str,
        request: Message,
        grants: Mapping[str, str | bool],
        answer: type[M],
        doing: str,
        *,
        failover: bool = False,
    ) -> M:
        authorization = f"Bearer {self._token(grants)}"
        session = self._open()
        try:
            if not self._cloud:
                url = f"{self._service}/{method}"
                raw = await exchange(session, url, request.SerializeToString(), authorization)
                return answer.FromString(raw)
            return await self._client(failover=failover).request(
                "RoomService",
                method,
                request,
                {"Authorization": authorization},
                answer,
                # Without it livekit-api says None, which aiohttp takes for "for ever".
                timeout=session.timeout,
            )
        except Exception as exception:  # noqa: BLE001 - whatever it is, the table has a row for it
            wrong = translate(
                exception,
                doing=doing,
                url=self._url,
                now=self._clock.now(),
                hide=self._hide,
            )
        # Raised out here so that it has no context: aiohttp's exceptions carry our headers.
        raise wrong

    def _token(self, grants: Mapping[str, str | bool]) -> str:
        """A token for one set of grants, least privilege, signed once in five minutes and not a call."""
        key = tuple(sorted(grants.items()))
        now = self._clock.now()
        token, minted = self._tokens.get(key, ("", -math.inf))
        # A clock set back makes tokens of the future, which a server refuses: mint again then too.
        if not 0 <= now - minted < TOKEN_LIFE / 2:
            start = int(now) - TOKEN_START
            claims = {
                "sub": "greenroom",
                "nbf": start,
                "exp": int(now) + TOKEN_LIFE,
                "video": dict(grants),
            }
            token = self._mint(claims)
            self._tokens[key] = (token, now)
            if len(self._tokens) > TOKENS_KEPT:
                self._tokens.popitem(last=False)
        self._tokens.move_to_end(key)
        return token

    def _client(self, *, failover: bool) -> TwirpClient:
        """livekit-api's client, for LiveKit Cloud."""
        if failover not in self._clients:
            from livekit.api.twirp_client import TwirpClient

            # livekit-api 1.2.1 drops the path of a URL, 1.2.2 keeps it: as prefix both keep it.
            self._clients[failover] = TwirpClient(
                self._open(), self._origin, "livekit", self._prefix, failover
            )
        return self._clients[failover]

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            import aiohttp

            self._session = aiohttp.ClientSession(
                cookie_jar=aiohttp.DummyCookieJar(),
                timeout=aiohttp.ClientTimeout(total=self._timeout),
                middlewares=(watch(),) if self._cloud else (),
            )
        return self._session


def _request(kind: type[M], **fields: object) -> M:
    """A protobuf message. Raises InvalidRequest where a value has no place in it."""
    try:
        return kind(**fields)
    except (ValueError, TypeError):
        # Protobuf: lone surrogates, negative or too large numbers.
        msg = f"A value cannot be sent to LiveKit ({', '.join(fields)})."
        hint = "Names are Unicode text; numbers lie between 0 and 4294967295."
        raise InvalidRequest(msg, hint=hint) from None
