"""The world in one file, so that a sandbox can be stopped and started again.

Simulated people stay inside, and egresses go on: they have no connection that a stop could break. Events that were still to
be sent, received data and faults are not kept. The file holds no secret of LiveKit's nor a stream key, but names
and metadata of people: mode 0600.
"""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from google.protobuf.message import DecodeError
from livekit.protocol import agent_dispatch, egress, models

from greenroom.domain.errors import ConfigurationError
from greenroom.local.files import replace_private
from greenroom.local.sandbox.egress import Egresses, Simulated
from greenroom.local.sandbox.people import Person
from greenroom.local.sandbox.world import Room, World

if TYPE_CHECKING:
    from google.protobuf.message import Message

SCHEMA = "greenroom.sandbox/1"


def dump(world: World) -> dict[str, Any]:
    """All rooms as JSON. Messages are LiveKit's own protobuf in base64, so that no field is lost."""
    return {
        "schema": SCHEMA,
        "rooms": [
            {
                "name": room.name,
                "room": _packed(room.info),
                "joined_at": room.joined_at,
                "left_at": room.left_at,
                "people": [_packed(person.live) for person in room.people.values()],
                "dispatches": [_packed(dispatch) for dispatch in room.dispatches.values()],
                "auto_egress": _packed(room.auto_egress),
            }
            for room in world.rooms.values()
        ],
        "egresses": [
            {
                "info": _packed(each.info),
                "pauses": each.pauses,
                "paused": each.paused,
                "paused_at": each.paused_at,
            }
            for each in (world.egresses.kept.values() if world.egresses else ())
        ],
    }


def fill(world: World, kept: Any) -> None:
    """Put what ``dump`` gave into an empty world. Raises ValueError."""
    try:
        if kept["schema"] != SCHEMA:
            raise ValueError(kept["schema"])
        for one in kept["rooms"]:
            room = Room(world, _unpacked(models.Room(), one["room"]))
            room.joined_at, room.left_at = int(one["joined_at"]), int(one["left_at"])
            for raw in one["people"]:
                person = Person(room, _unpacked(models.ParticipantInfo(), raw))
                room.people[person.identity] = person
            for raw in one["dispatches"]:
                dispatch = _unpacked(agent_dispatch.AgentDispatch(), raw)
                room.dispatches[dispatch.id] = dispatch
            _unpacked(room.auto_egress, one.get("auto_egress", ""))
            world.rooms[room.name] = room
        _fill_egresses(world, kept.get("egresses", ()))
    except (KeyError, TypeError, AttributeError, DecodeError) as error:
        raise ValueError(str(error)) from error


def _fill_egresses(world: World, kept: Any) -> None:
    """Stream keys are not in the file, so destinations are known as they are shown."""
    for one in kept:
        info = _unpacked(egress.EgressInfo(), one["info"])
        if world.egresses is None:
            # What the file was written with is not there any more.
            room = world.rooms.get(info.room_name)
            if room is not None:
                room.people.pop(info.egress_id, None)
            continue
        world.egresses.kept[info.egress_id] = Simulated(
            info=info,
            urls=[made.url for made in info.stream_results],
            pauses=int(one["pauses"]),
            paused=float(one["paused"]),
            paused_at=one["paused_at"],
        )


def copy_of(world: World) -> World:
    """Another world with the same rooms and people, in which nobody hears what happens."""
    copy = World(world.now)
    copy.egresses = Egresses(copy) if world.egresses else None
    fill(copy, dump(world))
    return copy


def _packed(message: Message) -> str:
    return base64.b64encode(message.SerializeToString()).decode()


def _unpacked(message: Any, text: str) -> Any:
    message.ParseFromString(base64.b64decode(text, validate=True))
    return message


class StateFile:
    """Reads once, writes when something changed."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._saved = 0

    def load(self, world: World) -> None:
        """Fill the world; a file that is not there is an empty world. Raises ConfigurationError."""
        try:
            kept = json.loads(self._path.read_text("utf-8"))
            fill(world, kept)
        except FileNotFoundError:
            pass
        except (OSError, ValueError, RecursionError) as error:
            msg = f"The sandbox's state file {self._path} cannot be read: {error}."
            hint = "Move it away to begin with no rooms."
            raise ConfigurationError(msg, code="sandbox-failed", hint=hint) from error
        self._saved = world.changes

    def save(self, world: World) -> None:
        """Write if there is anything new: a file beside it, then an atomic rename. Raises OSError."""
        if world.changes == self._saved:
            return
        changes = world.changes
        replace_private(self._path, json.dumps(dump(world)))
        self._saved = changes
