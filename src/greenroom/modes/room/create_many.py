"""Create several rooms at once: breakout-1 to breakout-20."""

from __future__ import annotations

import re
from typing import Annotated, Any, Self

from pydantic import Field, model_validator

from greenroom.domain.capability import Example, Kind, Request, Setting, Words, capability
from greenroom.domain.errors import Interrupted
from greenroom.domain.nouns import RoomsCreated
from greenroom.domain.plan import Call
from greenroom.domain.ports import Context
from greenroom.modes._bulk import Count, each
from greenroom.modes._fields import FROM_JSON

MOST = 1_000
NUMBERED = re.compile(r"(.*?)(\d+)")
LARGEST = 4_294_967_295


class CreateMany(Request):
    """Numbered rooms from one name, or rooms with settings of their own."""

    name: Annotated[
        str,
        Kind.ROOM_TO_BE,
        Words("called", "named", "name", "from", "rooms", "as"),
        Field(
            min_length=1,
            max_length=256,
            description="The first: breakout-1; or what comes before a number.",
        ),
    ]
    last: Annotated[
        str,
        Kind.ROOM_TO_BE,
        Words("to", "through", "until", "up to", "till", "thru"),
        Field(max_length=256, description="The last: breakout-20."),
    ] = ""
    count: Annotated[
        int | None,
        Kind.COUNT,
        Words("rooms", "meetings", "sessions", "spaces", "channels", "of them"),
        Field(ge=1, le=MOST, description="How many."),
    ] = None
    max_participants: Annotated[
        int,
        Kind.COUNT,
        Words("limit", "max", "maximum", "capacity", "up to", "people", "participants", "seats"),
        Setting("room.defaultSettings.maxParticipants"),
        Field(ge=0, le=LARGEST, description="Most people allowed into each at once; 0: no limit."),
    ] = 0
    empty_timeout: Annotated[
        int | None,
        Kind.DURATION,
        Words("empty timeout", "when empty", "closes when empty after", "nobody joins"),
        Setting("room.defaultSettings.emptyTimeout"),
        Field(ge=0, le=LARGEST, description="Seconds each stays open before anybody joins."),
    ] = None
    departure_timeout: Annotated[
        int | None,
        Kind.DURATION,
        Words("departure timeout", "everyone leaves", "after the last one leaves"),
        Setting("room.defaultSettings.departureTimeout"),
        Field(ge=0, le=LARGEST, description="Seconds each stays open after the last one leaves."),
    ] = None
    rooms: Annotated[
        dict[str, dict[str, Any]] | None,
        Field(description="Settings by name, as JSON, instead of all that; undo uses it."),
        FROM_JSON,
    ] = None

    @model_validator(mode="after")
    def named(self) -> Self:
        """Names must follow from what is given."""
        if self.rooms is None:
            names_of(self)
        return self


def names_of(request: CreateMany) -> list[str]:
    """The names, in order. Raises ValueError where they do not follow from what is given."""
    if request.rooms is not None:
        return list(request.rooms)
    first = NUMBERED.fullmatch(request.name)
    stem, digits = (first[1], first[2]) if first else (f"{request.name}-", "1")
    start = int(digits)
    if request.last:
        last = NUMBERED.fullmatch(request.last)
        if first is None or last is None or last[1] not in (stem, ""):
            msg = f"{request.name} to {request.last} is no row of numbers"
            raise ValueError(msg)
        end = int(last[2])
    elif request.count is None:
        msg = "say how many rooms, or what the last one is called"
        raise ValueError(msg)
    else:
        end = start + request.count - 1
    number = end - start + 1
    if request.count not in (None, number):
        msg = f"{request.name} to {request.last} are {number} rooms, not {request.count}"
        raise ValueError(msg)
    if not 1 <= number <= MOST:
        msg = f"{number} rooms: between 1 and {MOST} are made at once"
        raise ValueError(msg)
    # Zeros in front stay: lab-01 … lab-20.
    return [f"{stem}{at:0{len(digits)}}" for at in range(start, end + 1)]


async def names_taken(context: Context, request: CreateMany) -> frozenset[str]:
    """Which of these names rooms have already."""
    found = await context.rooms.list_rooms(names_of(request))
    return frozenset(room.name for room in found)


def delete_created(
    _request: CreateMany, _before: frozenset[str], result: RoomsCreated
) -> Call | None:
    """Those that this call made, if nobody is in them."""
    if not result.sids:
        return None
    return Call(capability="room.delete_many", arguments={"rooms": result.sids})


def by_number(name: str) -> tuple[str, int]:
    """Puts breakout-9 before breakout-10; names come back from a deletion in the alphabet's order."""
    stem = name.rstrip("0123456789")
    return stem, int(name[len(stem) :] or 0)


def tell(_request: CreateMany, _before: frozenset[str], result: RoomsCreated) -> str:
    """How many, from which to which, and which were there already."""
    done = sorted(result.done, key=by_number)
    names = f": {done[0]} to {done[-1]}" if len(done) > 1 else f": {done[0]}" if done else ""
    counted = Count(list(done), result.skipped).told("rooms", "created").removesuffix(".")
    there = f" There already: {', '.join(list(result.skipped)[:5])}." if result.skipped else ""
    return f"{counted}{names}.{there}"


@capability(
    effect="write",
    grant="roomCreate",
    positional=("name",),
    rules=("secure-transport", "room-name-safe", "rooms-exist-already", "rooms-created"),
    before=names_taken,
    undo=delete_created,
    tell=tell,
    examples=(
        Example(
            "create 20 rooms named breakout-1 to breakout-20",
            name="breakout-1",
            last="breakout-20",
            count=20,
        ),
        Example("create 5 rooms called lab", name="lab", count=5),
    ),
)
async def create_many(context: Context, request: CreateMany) -> RoomsCreated:
    """Rooms that exist already stay as they are. Raises Interrupted, with those that were made. LiveKit: RoomService.CreateRoom."""
    shared = {
        "max_participants": request.max_participants,
        "empty_timeout": request.empty_timeout,
        "departure_timeout": request.departure_timeout,
    }
    sids: dict[str, str] = {}

    async def create(name: str) -> str:
        if name in context.before:
            return "it exists already"
        settings = shared if request.rooms is None else request.rooms[name]
        sids[name] = (await context.rooms.create_room(name, **settings)).sid
        return ""

    count = await each(context, "rooms", names_of(request), create)
    result = RoomsCreated(
        done=tuple(count.done),
        skipped=count.skipped,
        remaining=tuple(count.remaining),
        sids={name: sids[name] for name in count.done},
    )
    if count.stopped:
        msg = f"{count.stopped}: {count.told('rooms', 'created')}"
        hint = f"The first that is missing is {count.remaining[0]}." if count.remaining else ""
        raise Interrupted(msg, made=result, hint=hint)
    return result
