"""What every recording, stream and export shares: what is there before, the request, waiting until it runs, its undo."""

from __future__ import annotations

from typing import Literal

from greenroom.domain.egress import (
    EgressInfo,
    EgressOutput,
    EgressRequest,
    EgressSource,
    Encoding,
    RoomEgresses,
)
from greenroom.domain.egress_checks import SOUND_ONLY
from greenroom.domain.errors import CheckFailed
from greenroom.domain.plan import Call
from greenroom.domain.ports import Context
from greenroom.domain.rights import policy_key
from greenroom.domain.streams import hidden, without_keys
from greenroom.domain.video import pixel_size
from greenroom.modes._egresses import begun, notified, results, waited
from greenroom.modes._state import not_inside, room_details
from greenroom.modes._storage import storage

PATIENCE = 20.0
"""Seconds that an answer waits for the service: LiveKit's Egress starts a browser, and a server may be slow to answer."""
ARRIVAL = 8.0
"""Seconds more until a server has to take the stream: one that takes nothing is noticed after five, then tried again."""
FAILED = frozenset({"failed", "aborted", "limit_reached"})
FILE_NAME = "{room_name}-{time}"
"""LiveKit fills in the room's name and the time of the start."""


async def found(context: Context, room: str, identity: str = "", url: str = "") -> RoomEgresses:
    """Room and person are there, and something can do the work. Raises not-found, egress-missing."""
    details = await room_details(context, room)
    inside = {person.identity for person in details.participants}
    if identity and identity not in inside:
        raise not_inside(identity, room, sorted(inside))
    return RoomEgresses(
        room=details.room,
        participants=details.participants,
        running=await context.egress.list_egress(room, active=True),
        service=await context.egress.service(),
        url=url,
    )


def source(
    *,
    layout: str | None = None,
    identity: str = "",
    screen_share: bool = False,
    sound: bool = False,
    silent: bool = False,
) -> EgressSource:
    """One person, or the whole room in a layout. ``sound``: no pictures; ``silent``: no sound."""
    if identity:
        return EgressSource(
            kind="participant",
            identity=identity,
            screen_share=screen_share,
            audio_only=sound,
            video_only=silent,
        )
    layout = "" if sound else layout or ""
    return EgressSource(kind="room", layout=layout, audio_only=sound, video_only=silent)


def recorded_into(format: str | None, path: str = "") -> EgressOutput:  # noqa: A002 - the field's name
    """A file, or HLS segments."""
    if format == "hls":
        return EgressOutput(kind="segments", path=path or FILE_NAME)
    return EgressOutput(kind="file", format=format or "", path=path or FILE_NAME)


def encoding(resolution: str | None, frame_rate: int | None = None) -> Encoding | None:
    """None where nothing is wished."""
    if not resolution and not frame_rate:
        return None
    width, height = pixel_size(resolution) if resolution else (0, 0)
    return Encoding(width=width, height=height, frame_rate=frame_rate or 0)


def asked_for(
    context: Context,
    mode: Literal["recording", "egress"],
    room: str,
    source: EgressSource,
    output: EgressOutput,
    *,
    encoding: Encoding | None = None,
) -> EgressRequest:
    """One output, to the storage of the mode's settings, told to whom ``egress.notify`` names. Raises ConfigurationError."""
    return EgressRequest(
        room=room,
        source=source,
        outputs=(output,),
        encoding=encoding,
        storage=None if output.kind == "stream" else storage(context, mode),
        webhooks=notified(context),
    )


def recording_by_settings(context: Context, room: str) -> EgressRequest:
    """How a room is recorded of which nothing more is said. Raises ConfigurationError."""
    settings = context.settings.now()
    layout = settings.chosen(policy_key(room, "layout")) or settings.chosen("recording.layout")
    form = settings.chosen("recording.format")
    there = source(layout=layout, sound=form in SOUND_ONLY)
    return asked_for(context, "recording", room, there, recorded_into(form))


async def start(
    context: Context, request: EgressRequest, *, patience: float = PATIENCE
) -> EgressInfo:
    """Begin, and wait until it runs. Raises CheckFailed with the service's reason when it fails; no error holds a stream key."""
    with hidden(*(url for output in request.outputs for url in output.urls)):
        info = await running(context, await context.egress.start(request), patience)
    if info.status in FAILED:
        why = without_keys(reason(info)).rstrip(".")
        msg = f"{info.egress_id} was started and has {info.status.replace('_', ' ')}: {why}."
        raise CheckFailed(msg, hint=f"`greenroom egress show {info.egress_id}` shows all of it.")
    return info


async def running(context: Context, info: EgressInfo, patience: float = PATIENCE) -> EgressInfo:
    """As it is once it runs and every stream of it is decided, or when the time is up."""
    info = await waited(context, info, past={"starting"}, seconds=patience)
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
    said = f"{what} of {info.whom} {'is' if info.is_active else 'was'} under way ({info.egress_id})"
    return begun(f"{said}{f': {made}' if made else ''}.", info)
