"""What everything that is started shares: what is there before, the request, waiting until it runs, and how it ends."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from greenroom.domain.egress import (
    EgressInfo,
    EgressOutput,
    EgressRequest,
    EgressSource,
    Encoding,
    RoomEgresses,
)
from greenroom.domain.errors import CheckFailed
from greenroom.domain.marks import Secret
from greenroom.domain.plan import Call
from greenroom.domain.ports import Context
from greenroom.domain.streams import hidden, without_keys
from greenroom.modes._egresses import notified, results, subject, waited
from greenroom.modes._state import not_inside, room_details
from greenroom.modes._storage import storage

PATIENCE = 20.0
"""Seconds until something has to run: LiveKit's Egress starts a browser, and a server may be slow to answer."""
ARRIVAL = 8.0
"""Seconds more until a server has to take the stream: one that takes nothing is noticed after five, then tried again."""
FAILED = frozenset({"failed", "aborted", "limit_reached"})
FILE_NAME = "{room_name}-{time}"
"""LiveKit fills in the room's name and the time of the start."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found(RoomEgresses):
    """What is there before something starts."""

    url: Annotated[str, Secret()] = ""
    """Where a stream is to go."""


async def found(context: Context, room: str, identity: str = "", url: str = "") -> Found:
    """Room and person are there, and something can do the work. Raises not-found, egress-missing."""
    details = await room_details(context, room)
    inside = {person.identity for person in details.participants}
    if identity and identity not in inside:
        raise not_inside(identity, room, sorted(inside))
    return Found(
        room=details.room,
        participants=details.participants,
        running=await context.egress.list_egress(room, active=True),
        service=await context.egress.service(),
        url=url,
    )


def source(*, layout: str | None = None, identity: str = "", sound: bool = False) -> EgressSource:
    """One person, or the whole room in a layout. ``sound``: no pictures."""
    if identity:
        return EgressSource(kind="participant", identity=identity, audio_only=sound)
    layout = "" if sound else layout or ""
    return EgressSource(kind="room", layout=layout, audio_only=sound)


def encoding(resolution: str, frame_rate: int = 0) -> Encoding | None:
    """None where nothing is wished."""
    if not resolution and not frame_rate:
        return None
    width, _, height = resolution.partition("x")
    return Encoding(width=int(width or 0), height=int(height or 0), frame_rate=frame_rate)


async def start(
    context: Context,
    room: str,
    source: EgressSource,
    output: EgressOutput,
    encoding: Encoding | None = None,
) -> EgressInfo:
    """Begin, and wait until it runs. Raises CheckFailed with the service's reason when it fails; no error holds a stream key."""
    request = EgressRequest(
        room=room,
        source=source,
        outputs=(output,),
        encoding=encoding,
        storage=None if output.kind == "stream" else storage(context, "egress"),
        webhooks=notified(context),
    )
    with hidden(*output.urls):
        info = await running(context, await context.egress.start(request))
    if info.status in FAILED:
        why = without_keys(reason(info)).rstrip(".")
        msg = f"{info.egress_id} was started and has {info.status.replace('_', ' ')}: {why}."
        raise CheckFailed(msg, hint=f"`greenroom egress show {info.egress_id}` shows all of it.")
    return info


async def running(context: Context, info: EgressInfo) -> EgressInfo:
    """As it is once it runs and every stream of it is decided, or when the time is up."""
    info = await waited(context, info, past={"starting"}, seconds=PATIENCE)
    end = context.clock.now() + ARRIVAL
    while info.status == "active" and undecided(info) and context.clock.now() < end:
        await context.clock.sleep(0.25)
        info = next(iter(await context.egress.list_egress(egress_id=info.egress_id)), info)
    return info


def undecided(info: EgressInfo) -> bool:
    """Whether a stream is on its way to a server that may still take it."""
    streams = [result for result in info.results if result.kind == "stream"]
    return any(each.status in {"", "active"} and not each.arrives for each in streams)


def reason(info: EgressInfo) -> str:
    """Why it failed, as the service says it."""
    said = [info.error, *(result.error for result in info.results), info.details]
    return next((text for text in said if text), "the service gives no reason")


def stop_again(_request: object, _before: object, result: EgressInfo) -> Call:
    """End what was started."""
    return Call(capability="egress.stop", arguments={"egress": result.egress_id})


def told(what: str, info: EgressInfo) -> str:
    """``Pictures of stage are taken (EG_1), into stage-….``"""
    made = results(info)
    return f"{what} of {subject(info)} {'is' if info.is_active else 'was'} under way ({info.egress_id}){f': {made}' if made else ''}."
