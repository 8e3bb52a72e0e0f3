"""What everything that is started shares: what is there before, the request, waiting until it runs, and how it ends."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Annotated

from greenroom.domain.egress import EgressInfo, EgressRequest, EgressSource, Encoding
from greenroom.domain.errors import CheckFailed
from greenroom.domain.marks import Secret
from greenroom.domain.nouns import Room
from greenroom.domain.plan import Call
from greenroom.domain.ports import Context
from greenroom.domain.streams import hidden, without_keys
from greenroom.modes._egresses import waited
from greenroom.modes._state import existing_participant, existing_room

PATIENCE = 20.0
"""Seconds until something has to run: LiveKit's Egress starts a browser, and a server may be slow to answer."""
FAILED = frozenset({"failed", "aborted", "limit_reached"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What is there before something starts."""

    room: Room
    running: tuple[EgressInfo, ...]
    """What is made of the room already."""
    url: Annotated[str, Secret()] = ""
    """Where a stream is to go."""


async def found(context: Context, room: str, identity: str = "", url: str = "") -> Found:
    """Room and person are there, and something can do the work. Raises not-found, egress-missing."""
    if identity:
        await existing_participant(context, room, identity)
    there = await existing_room(context, room)
    running = await context.egress.list_egress(room, active=True)
    return Found(room=there, running=running, url=url)


def source(*, layout: str | None, identity: str = "", audio_only: bool = False) -> EgressSource:
    """One person, or the whole room in a layout."""
    if identity:
        return EgressSource(kind="participant", identity=identity, audio_only=audio_only)
    return EgressSource(kind="room", layout=layout or "", audio_only=audio_only)


def encoding(resolution: str, frame_rate: int = 0) -> Encoding | None:
    """None where nothing is wished."""
    if not resolution and not frame_rate:
        return None
    width, _, height = (resolution or "0x0").partition("x")
    return Encoding(width=int(width), height=int(height), frame_rate=frame_rate)


async def start(context: Context, request: EgressRequest) -> EgressInfo:
    """Begin, and wait until it runs. Raises CheckFailed with the service's reason when it fails; no error holds a stream key."""
    wanted = replace(request, webhooks=notified(context))
    urls = [url for output in request.outputs for url in output.urls]
    with hidden(*urls):
        info = await context.egress.start(wanted)
        info = await running(context, info)
    if info.status in FAILED:
        why = without_keys(reason(info)).rstrip(".")
        msg = f"{info.egress_id} was started and has {info.status.replace('_', ' ')}: {why}."
        raise CheckFailed(msg, hint=f"`greenroom egress show {info.egress_id}` shows all of it.")
    return info


async def running(context: Context, info: EgressInfo) -> EgressInfo:
    """As it is once it runs and every stream of it is decided, or when the time is up."""
    end = context.clock.now() + PATIENCE
    info = await waited(context, info, past={"starting"}, seconds=PATIENCE)
    while info.status == "active" and undecided(info) and context.clock.now() < end:
        await context.clock.sleep(0.25)
        info = next(iter(await context.egress.list_egress(egress_id=info.egress_id)), info)
    return info


def undecided(info: EgressInfo) -> bool:
    """Whether it is not known yet if a stream arrives."""
    return any(r.kind == "stream" and r.status not in {"active", "failed"} for r in info.results)


def reason(info: EgressInfo) -> str:
    """Why it failed, as the service says it."""
    said = [info.error, *(result.error for result in info.results), info.details]
    return next((text for text in said if text), "the service gives no reason")


def notified(context: Context) -> tuple[str, ...]:
    """URLs that are told about everything that is started. Raises ConfigurationError (invalid-config)."""
    return tuple(context.settings.chosen("egress.notifications") or ())


def stop_again(_request: object, _before: object, result: EgressInfo) -> Call:
    """End what was started."""
    return Call(capability="egress.stop", arguments={"egress": result.egress_id})
