"""Rooms and who is in them, in memory, with LiveKit's timeouts. Knows neither HTTP nor tokens.

livekit-server pkg/rtc/room.go, pkg/service/roomallocator.go.
"""

from __future__ import annotations

import secrets
import string
import time
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from livekit.protocol import agent_dispatch, models
from livekit.protocol import room as proto

from greenroom.local.sandbox.people import MARK, Data, Person, permission_of
from greenroom.local.twirp.refusals import Refusal, from_inside
from greenroom.local.twirp.tokens import grant_problem

if TYPE_CHECKING:
    from greenroom.local.sandbox.egress import Egresses

EMPTY_TIMEOUT = 300
"""Seconds a room without anybody stays (livekit-server's default)."""
DEPARTURE_TIMEOUT = 20
"""Seconds a room stays after the last person left (livekit-server's default)."""
CODECS = (
    *(f"audio/{name}" for name in ("PCMU", "PCMA", "opus", "red")),
    *(f"video/{name}" for name in ("VP8", "H264", "VP9", "AV1", "H265", "rtx")),
)
MOST_KEPT = 10_000
"""Data messages of a person and nonces of a room that are remembered; older ones are forgotten."""
_ALPHABET = string.ascii_letters + string.digits

Tell = Callable[["Room", str, "Person | None", "models.TrackInfo | None"], None]
"""Called for what LiveKit sends webhooks about: room, event name, person, track."""


class Room:
    """One room, who is in it, and what it waits for."""

    def __init__(self, world: World, info: models.Room) -> None:
        self.world = world
        self._info = info
        self._stale = True
        self.people: dict[str, Person] = {}
        self.dispatches: dict[str, agent_dispatch.AgentDispatch] = {}
        self.auto_egress = proto.RoomEgress()
        """What is to be recorded without being asked for again."""
        self.nonces: dict[bytes, None] = {}
        self.joined_at = 0
        """Seconds since the epoch of the first person; 0 before."""
        self.left_at = 0

    @property
    def name(self) -> str:
        """Its name."""
        return self._info.name

    @property
    def sid(self) -> str:
        """Its id: another room of the same name has another."""
        return self._info.sid

    @property
    def info(self) -> models.Room:
        """Its Room message, with current counts. Answers copy it; nobody else keeps it."""
        if self._stale:
            # Counted when asked for and not at every join: a thousand joins would cost a million looks.
            people = self.people.values()
            self._info.num_participants = sum(not person.dependent for person in people)
            self._info.num_publishers = sum(person.live.is_publisher for person in people)
            self._info.active_recording = any(p.live.permission.recorder for p in people)
            self._stale = False
        return self._info

    def touch(self) -> None:
        """Something about the room or somebody in it is different now."""
        self._stale = True
        self.world.changed()

    def tell(
        self, event: str, *, person: Person | None = None, track: models.TrackInfo | None = None
    ) -> None:
        """Report an event under LiveKit's own name."""
        self.world.tell(self, event, person, track)

    def admit(self, info: models.ParticipantInfo) -> Person:
        """Let somebody in; an earlier one of the same identity is put out. Raises Refusal when full."""
        person = Person(self, info)
        earlier = self.people.get(info.identity)
        if earlier is not None:
            earlier.leave("DUPLICATE_IDENTITY")
        if self._full() and not person.dependent:
            raise Refusal("failed_precondition", "room has exceeded its max participants")
        if not self.joined_at and not person.dependent:
            self.joined_at = int(self.world.now())
        self.people[info.identity] = person
        self.touch()
        self.tell("participant_joined", person=person)
        return person

    def let_go(self, person: Person, reason: str) -> None:
        """Take somebody out, with all tracks."""
        tracks = person.close(reason)
        for track in tracks:
            self.tell("track_unpublished", person=person, track=track)
        self.people.pop(person.identity, None)
        self.left_at = int(self.world.now())
        self.touch()
        self.tell("participant_left", person=person)

    def _full(self) -> bool:
        limit = self._info.max_participants
        return 0 < limit <= sum(not person.dependent for person in self.people.values())

    def deliver(
        self,
        data: Data,
        *,
        identities: Sequence[str] = (),
        sids: Sequence[str] = (),
        nonce: bytes = b"",
        but: Person | None = None,
    ) -> None:
        """Hand data to everybody or to those named; a nonce that was seen before is dropped."""
        if nonce in self.nonces:
            return
        if nonce:
            self.nonces[nonce] = None
            if len(self.nonces) > MOST_KEPT:
                del self.nonces[next(iter(self.nonces))]
        for person in self.people.values():
            named = person.identity in identities or person.live.sid in sids
            if person is not but and (named or not (identities or sids)):
                person.received.append(data)
                del person.received[:-MOST_KEPT]

    def dispatch(
        self,
        agent_name: str,
        metadata: str = "",
        restart_policy: agent_dispatch.JobRestartPolicy | None = None,
    ) -> agent_dispatch.AgentDispatch:
        """Ask for an agent. None comes: there are no workers here."""
        made = agent_dispatch.AgentDispatch(
            id=self.world.new_id("AD_"),
            agent_name=agent_name,
            room=self.name,
            metadata=metadata,
            restart_policy=restart_policy,
        )
        made.state.created_at = int(self.world.now() * 1e9)
        self.dispatches[made.id] = made
        self.world.changed()
        return made

    def expired(self, now: float) -> bool:
        """Whether nobody who counts has been here for as long as the room's timeouts say."""
        if any(not person.dependent for person in self.people.values()):
            return False
        if self.joined_at and self.left_at:
            return int(now) - self.left_at >= self._info.departure_timeout
        return int(now) - self._info.creation_time >= self._info.empty_timeout


class World:
    """Everything the sandbox knows. Not for several threads: one loop commands it."""

    def __init__(self, now: Callable[[], float] = time.time, tell: Tell | None = None) -> None:
        self.now = now
        self.rooms: dict[str, Room] = {}
        self.egresses: Egresses | None = None
        """Simulated egresses; None: as a server without Redis."""
        self.changes = 0
        """Counts every change, so that a store knows when to write."""
        self._tell = tell
        self._swept = 0.0

    def changed(self) -> None:
        """Something is different now."""
        self.changes += 1

    def tell(
        self, room: Room, event: str, person: Person | None, track: models.TrackInfo | None
    ) -> None:
        """Pass an event on, if anybody listens."""
        if self._tell is not None:
            self._tell(room, event, person, track)
        if self.egresses is not None:
            self.egresses.hear(room, event, person, track)

    def new_id(self, prefix: str) -> str:
        """An id as LiveKit makes them: a prefix and twelve letters or digits."""
        return prefix + "".join(secrets.choice(_ALPHABET) for _ in range(12))

    def room(self, request: proto.CreateRoomRequest) -> Room:
        """The room of that name; made by the request when there is none.

        Raises Refusal for a preset, and for an automatic egress that cannot be: then the room is there all the same, as
        in livekit-server.
        """
        found = self.rooms.get(request.name)
        if found is not None:
            return found
        if request.room_preset:
            words = "unknown room configuration in create room request"
            raise from_inside("invalid_argument", words)
        now = self.now()
        info = models.Room(
            sid=self.new_id("RM_"),
            name=request.name,
            empty_timeout=request.empty_timeout or EMPTY_TIMEOUT,
            departure_timeout=request.departure_timeout or DEPARTURE_TIMEOUT,
            max_participants=request.max_participants,
            creation_time=int(now),
            creation_time_ms=int(now * 1000),
            turn_password=secrets.token_urlsafe(32),
            enabled_codecs=[models.Codec(mime=mime) for mime in CODECS],
            metadata=request.metadata,
        )
        room = self.rooms[request.name] = Room(self, info)
        room.auto_egress.CopyFrom(request.egress)
        # livekit-server offers every room without named agents to workers without a name.
        for agent in request.agents or [agent_dispatch.RoomAgentDispatch()]:
            room.dispatch(agent.agent_name, agent.metadata, agent.restart_policy)
        room.tell("room_started")
        return room

    def close_room(self, name: str, reason: str = "ROOM_DELETED") -> None:
        """Put everybody out and forget the room. Does nothing when there is none."""
        room = self.rooms.get(name)
        if room is None:
            return
        for person in list(room.people.values()):
            person.leave(reason)
        del self.rooms[name]
        self.changed()
        room.tell("room_finished")

    def close_idle(self) -> None:
        """Close rooms whose time is over. livekit-server looks once a second, so do we."""
        now = self.now()
        if 0 <= now - self._swept < 1:
            return
        self._swept = now
        for room in list(self.rooms.values()):
            if room.expired(now):
                self.close_room(room.name, "ROOM_CLOSED")

    def person(self, room: str, identity: str) -> Person | None:
        """Somebody inside, or None."""
        found = self.rooms.get(room)
        return found.people.get(identity) if found else None

    def join(
        self,
        room: str,
        identity: str,
        *,
        name: str = "",
        metadata: str = "",
        attributes: Mapping[str, str] | None = None,
        kind: str = "standard",
        grant: Mapping[str, object] | None = None,
        request: proto.CreateRoomRequest | None = None,
    ) -> Person:
        """Let somebody join; the room is made if need be, by ``request`` if given.

        ``grant`` is a video grant as tokens carry it (``{"canPublish": False}``), ``kind`` a word such as
        ``agent``. Raises Refusal: invalid_argument for an empty identity or room, an unknown kind and a
        grant of other types, failed_precondition when the room is full.
        """
        if not identity or not room:
            what = "identity cannot be empty" if room else "no room name"
            raise Refusal("invalid_argument", what)
        if kind.upper() not in models.ParticipantInfo.Kind.keys():  # noqa: SIM118 - an enum of protobuf is no dict
            raise Refusal("invalid_argument", f"no such kind of participant: {kind}")
        problem = grant_problem(grant)
        if problem:
            raise Refusal("invalid_argument", problem)
        now = self.now()
        info = models.ParticipantInfo(
            sid=self.new_id("PA_"),
            identity=identity,
            state=models.ParticipantInfo.ACTIVE,
            metadata=metadata,
            joined_at=int(now),
            joined_at_ms=int(now * 1000),
            name=name,
            version=2,
            permission=permission_of(grant or {}),
            kind=kind.upper(),
            attributes={**(attributes or {}), MARK: "true"},
        )
        return self.room(request or proto.CreateRoomRequest(name=room)).admit(info)
