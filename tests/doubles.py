"""Doubles that several test files share: rooms in memory and a clock that moves when told."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from greenroom.config.store import FileConfiguration
from greenroom.crew import Greenroom
from greenroom.domain.errors import PreconditionFailed
from greenroom.domain.nouns import AgentDispatch, Participant, Room
from greenroom.domain.ports import ChatModel
from greenroom.domain.tracks import Track
from tests.egress_double import MemoryEgress


def a_room(name: str, sid: str = "RM_1", **settings: object) -> Room:
    """A room as livekit-server makes it by default."""
    usual = Room(
        name=name,
        sid=sid,
        max_participants=0,
        empty_timeout=300,
        departure_timeout=20,
        metadata="",
        num_participants=0,
        num_publishers=0,
        active_recording=False,
        creation_time=1_800_000_000,
    )
    return replace(usual, **settings)  # type: ignore[arg-type]


def a_participant(identity: str, sid: str = "PA_1") -> Participant:
    """Somebody who is active in a room."""
    return Participant(
        identity=identity,
        name="",
        sid=sid,
        state="active",
        kind="standard",
        joined_at=1_800_000_000,
        metadata="",
        attributes={},
        can_publish=True,
        can_subscribe=True,
        tracks=(),
    )


def a_track(sid: str, source: str) -> Track:
    """A track that is heard or seen."""
    kind = "audio" if source in {"microphone", "screen_share_audio"} else "video"
    return Track(sid=sid, source=source, type=kind)


class MemoryRooms:
    """ports.Rooms and Dispatch in memory. Keeps the calls it got; ``fail`` raises on the named method."""

    def __init__(self, world: dict[str, list[str]] | None = None) -> None:
        self._sids = itertools.count(1)
        self.rooms: dict[str, Room] = {}
        self.inside: dict[str, dict[str, Participant]] = {}
        self.calls: list[str] = []
        self.fail: dict[str, Exception] = {}
        self.lies = False
        self.remote_unmute = True
        self.recorded: set[str] = set()
        self.sent: list[tuple[str, bytes, str, tuple[str, ...]]] = []
        self.dispatches: dict[str, AgentDispatch] = {}
        self.subscribed: dict[tuple[str, str], dict[str, bool]] = {}
        for name, people in (world or {}).items():
            self._add(name)
            for identity in people:
                self.join(name, identity)

    def _add(self, name: str, **settings: object) -> Room:
        self.rooms[name] = a_room(name, f"RM_{next(self._sids)}", **settings)
        self.inside[name] = {}
        return self.rooms[name]

    def join(self, room: str, identity: str) -> None:
        """Somebody comes in."""
        self.inside[room][identity] = a_participant(identity, f"PA_{next(self._sids)}")

    def publish(self, room: str, identity: str, *sources: str) -> None:
        """Somebody inside publishes one track of each source."""
        made = tuple(a_track(f"TR_{next(self._sids)}", source) for source in sources)
        person = self.inside[room][identity]
        self.inside[room][identity] = replace(person, tracks=(*person.tracks, *made))

    def _called(self, method: str) -> None:
        self.calls.append(method)
        if method in self.fail:
            raise self.fail[method]

    async def list_rooms(self, names: Sequence[str] = ()) -> tuple[Room, ...]:
        self._called("list_rooms")
        return tuple(
            replace(room, num_participants=len(self.inside[name]))
            for name, room in sorted(self.rooms.items())
            if not names or name in names
        )

    async def create_room(
        self,
        name: str,
        *,
        max_participants: int = 0,
        empty_timeout: int | None = None,
        departure_timeout: int | None = None,
        metadata: str = "",
        record: bool = False,
    ) -> Room:
        self._called("create_room")
        self.recorded |= {name} if record else set()
        if self.lies:
            return a_room(name, "RM_lie")
        if name in self.rooms:
            return self.rooms[name]
        return self._add(
            name,
            max_participants=max_participants,
            empty_timeout=empty_timeout or 300,
            departure_timeout=departure_timeout or 20,
            metadata=metadata,
        )

    async def delete_room(self, name: str) -> None:
        self._called("delete_room")
        if not self.lies:
            self.rooms.pop(name, None)
            self.inside.pop(name, None)

    async def update_room_metadata(self, name: str, metadata: str) -> Room:
        self._called("update_room_metadata")
        if name not in self.rooms:
            raise PreconditionFailed(f"There is no room {name}.", code="not-found")
        if not self.lies:
            self.rooms[name] = replace(self.rooms[name], metadata=metadata)
        return replace(self.rooms[name], metadata=metadata)

    async def list_participants(self, room: str) -> tuple[Participant, ...]:
        self._called("list_participants")
        return tuple(person for _, person in sorted(self.inside.get(room, {}).items()))

    async def remove_participant(self, room: str, identity: str) -> None:
        self._called("remove_participant")
        if identity not in self.inside.get(room, {}):
            raise PreconditionFailed(f"{identity} is not in {room}.", code="not-found")
        if not self.lies:
            del self.inside[room][identity]

    async def update_participant(
        self,
        room: str,
        identity: str,
        *,
        name: str = "",
        metadata: str = "",
        attributes: Mapping[str, str] | None = None,
        permission: Mapping[str, Any] | None = None,
    ) -> Participant:
        self._called("update_participant")
        if identity not in self.inside.get(room, {}):
            raise PreconditionFailed(f"{identity} is not in {room}.", code="not-found")
        was = self.inside[room][identity]
        may = replace(was.permission, **(permission or {}))
        changed = replace(
            was,
            name=name or was.name,
            metadata=metadata or was.metadata,
            attributes={k: v for k, v in {**was.attributes, **(attributes or {})}.items() if v},
            permission=replace(may, can_publish_sources=tuple(may.can_publish_sources)),
            can_publish=may.can_publish,
            can_subscribe=may.can_subscribe,
        )
        if not self.lies:
            self.inside[room][identity] = changed
        return changed

    async def mute_track(self, room: str, identity: str, track: str, *, muted: bool) -> None:
        self._called("mute_track")
        if identity not in self.inside.get(room, {}):
            raise PreconditionFailed(f"{identity} is not in {room}.", code="not-found")
        if not muted and not self.remote_unmute:
            raise PreconditionFailed("Nobody unmutes others.", code="remote-unmute-off")
        person = self.inside[room][identity]
        tracks = tuple(replace(t, muted=muted) if t.sid == track else t for t in person.tracks)
        if not self.lies:
            self.inside[room][identity] = replace(person, tracks=tracks)

    async def update_subscriptions(
        self, room: str, identity: str, tracks: Sequence[str], *, subscribe: bool
    ) -> None:
        self._called("update_subscriptions")
        if not self.lies:
            kept = self.subscribed.setdefault((room, identity), {})
            kept.update(dict.fromkeys(tracks, subscribe))

    async def move_participant(self, room: str, identity: str, destination: str) -> None:
        self._called("move_participant")
        if not self.lies:
            self.inside[destination][identity] = self.inside[room].pop(identity)

    async def send_data(
        self,
        room: str,
        payload: bytes,
        *,
        topic: str = "",
        identities: Sequence[str] = (),
        reliable: bool = True,
    ) -> None:
        self._called("send_data")
        self.sent.append((room, payload, topic, tuple(identities)))

    async def create_dispatch(self, room: str, agent_name: str, metadata: str) -> AgentDispatch:
        self._called("create_dispatch")
        sid = f"AD_{next(self._sids)}"
        made = AgentDispatch(id=sid, agent_name=agent_name, room=room, metadata=metadata)
        if not self.lies:
            self.dispatches[sid] = made
        return made

    async def list_dispatches(self, room: str) -> tuple[AgentDispatch, ...]:
        self._called("list_dispatches")
        return tuple(one for one in self.dispatches.values() if one.room == room)

    async def delete_dispatch(self, room: str, dispatch: str) -> None:
        self._called("delete_dispatch")
        if not self.lies:
            del self.dispatches[dispatch]

    async def close(self) -> None:
        """Nothing to close."""


class FakeClock:
    """ports.Clock that stands still until it is moved; sleeping moves it."""

    def __init__(self, now: float = 1_800_000_000.0) -> None:
        self.time = now

    def now(self) -> float:
        return self.time

    async def sleep(self, seconds: float) -> None:
        self.time += seconds


SECRET = "planted-secret-planted-secret-planted-secret"


def a_crew(
    home: Path,
    rooms: MemoryRooms | None = None,
    clock: FakeClock | None = None,
    planner: ChatModel | None = None,
    egress: MemoryEgress | None = None,
) -> Greenroom:
    """A crew on rooms in memory; everything else is the real thing. Its settings are those below ``home`` alone."""
    crew = Greenroom(
        url="ws://localhost:7880",
        api_key="APIkey",
        api_secret=SECRET,
        home=home,
        clock=clock or FakeClock(),
        planner=planner,
    )
    for port in ("_rooms", "_dispatch"):
        crew.__dict__[port] = rooms = rooms or MemoryRooms()
    crew.__dict__["_egress"] = egress or MemoryEgress(there=False)
    environ = {"HOME": str(home), "XDG_CONFIG_HOME": str(home / "config")}
    crew.__dict__["_configuration"] = FileConfiguration(environ, str(home))
    return crew
