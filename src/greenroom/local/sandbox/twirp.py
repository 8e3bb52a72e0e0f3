"""Twirp over HTTP: routes, bodies, errors. Twirp specification v7; protocol livekit/*.twirp.go."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from google.protobuf.message import DecodeError

from greenroom.local.http import Request, Response
from greenroom.local.sandbox.absent import ABSENT, Absent
from greenroom.local.sandbox.codec import from_json
from greenroom.local.sandbox.faults import Fault, Faults
from greenroom.local.sandbox.refusals import Refusal
from greenroom.local.sandbox.rpcs import AgentDispatchService, RoomService
from greenroom.local.sandbox.service import Service
from greenroom.local.sandbox.tokens import Claims
from greenroom.local.sandbox.world import World

if TYPE_CHECKING:
    from google.protobuf.message import Message

PREFIX = "/twirp/livekit."
JSON, PROTOBUF = "application/json", "application/protobuf"
_MAKERS: dict[str, Callable[[World, bool], Service]] = {
    "RoomService": lambda world, unmute: RoomService(world, remote_unmute=unmute),
    "AgentDispatchService": lambda world, _unmute: AgentDispatchService(world),
}


class Twirp:
    """Answers below ``/twirp/``. ``shadow`` makes a copy of the world that lies are told from."""

    def __init__(
        self, world: World, faults: Faults, shadow: Callable[[], World], *, remote_unmute: bool
    ) -> None:
        self._world = world
        self._faults = faults
        self._shadow = shadow
        self._remote_unmute = remote_unmute
        self._services: dict[str, Service] = {}

    def knows(self, path: str) -> str | None:
        """The service of a path, if there is one."""
        name = path.removeprefix(PREFIX).partition("/")[0]
        known = path.startswith(PREFIX) and (name in _MAKERS or name in ABSENT)
        return name if known else None

    def _service(self, name: str, world: World) -> Service:
        if world is not self._world:
            return self._make(name, world)
        if name not in self._services:
            self._services[name] = self._make(name, world)
        return self._services[name]

    def _make(self, name: str, world: World) -> Service:
        maker = _MAKERS.get(name)
        return maker(world, self._remote_unmute) if maker else Absent(world, name)

    async def answer(self, service: str, request: Request, claims: Claims) -> Response | None:
        """Run an RPC. None: the connection ends without an answer, because a fault wants it."""
        try:
            return await self._run(service, request, claims)
        except Refusal as refusal:
            return error_response(refusal)

    async def _run(self, name: str, request: Request, claims: Claims) -> Response | None:
        service = self._service(name, self._world)
        method = request.path.removeprefix(f"{PREFIX}{name}/")
        if request.method != "POST":
            words = f"unsupported method {_quoted(request.method)} (only POST is allowed)"
            raise _bad_route(words, request)
        kind = service.request_type(method)
        if kind is None:
            raise _bad_route(f"no handler for path {_quoted(request.path)}", request)
        media = request.headers.get("content-type", "")
        spoken = media.partition(";")[0].strip().lower()
        if spoken not in {JSON, PROTOBUF}:
            raise _bad_route(f"unexpected Content-Type: {_quoted(media)}", request)
        message = _decode(kind, request.body, spoken)

        def run(world: World) -> Response:
            acting = self._service(name, world)
            answer = acting.call(method, claims, message)
            if spoken == PROTOBUF:
                return _binary(answer)
            return _text(acting.text(method, message, answer))

        fault = self._faults.take(method)
        return run(self._world) if fault is None else await self._misbehave(fault, run)

    async def _misbehave(self, fault: Fault, run: Callable[[World], Response]) -> Response | None:
        if fault.kind == "refuse":
            raise fault.refusal()
        if fault.kind == "drop":
            return None
        if fault.kind == "delay":
            # Real time even with a clock of the test's own: the caller's timeout is real, too.
            await asyncio.sleep(fault.seconds)
        answer = run(self._shadow() if fault.kind == "lie" else self._world)
        if fault.kind == "drop-after":
            return None
        if fault.kind == "fail-after":
            raise Refusal("internal", "failed by a fault of the sandbox, after the effect")
        return answer


def _decode(kind: type[Message], body: bytes, spoken: str) -> Message:
    message = kind()
    try:
        if spoken == JSON:
            from_json(body, message)
        else:
            message.ParseFromString(body)
    except (ValueError, DecodeError):
        shown = "json" if spoken == JSON else "protobuf"
        words = f"the {shown} request could not be decoded"
        raise Refusal("malformed", words) from None
    return message


def _binary(message: Message) -> Response:
    # In the headers, because an empty message is an empty body, and has a type all the same.
    return Response(body=message.SerializeToString(), headers={"Content-Type": PROTOBUF})


def _text(text: str, status: int = 200) -> Response:
    return Response(status=status, body=text.encode("utf-8", "replace"), content_type=JSON)


def json_response(value: Any, status: int = 200) -> Response:
    """An answer in JSON."""
    return _text(json.dumps(value, ensure_ascii=False, separators=(",", ":")), status)


def error_response(refusal: Refusal) -> Response:
    """Errors are always JSON, whatever the request was."""
    told: dict[str, Any] = {"code": refusal.code, "msg": refusal.message}
    if refusal.meta:
        told["meta"] = refusal.meta
    return json_response(told, refusal.status)


def _bad_route(words: str, request: Request) -> Refusal:
    route = f"{request.method} {request.path}"
    return Refusal("bad_route", words, {"twirp_invalid_route": route})


def _quoted(text: str) -> str:
    """Go's %q, for the characters that paths have."""
    return json.dumps(text, ensure_ascii=False)
