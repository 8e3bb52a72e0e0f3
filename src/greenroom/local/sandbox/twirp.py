"""What the sandbox answers below ``/twirp/``: its services, and faults on the way. protocol livekit/*.twirp.go."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from greenroom.local.http import Request, Response
from greenroom.local.sandbox.absent import ABSENT, Absent
from greenroom.local.sandbox.faults import Fault, Faults
from greenroom.local.sandbox.rpcs import AgentDispatchService, RoomService
from greenroom.local.sandbox.world import World
from greenroom.local.twirp.calls import Call, error_response
from greenroom.local.twirp.refusals import Refusal
from greenroom.local.twirp.service import Service
from greenroom.local.twirp.tokens import Claims

PREFIX = "/twirp/livekit."
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
        call = Call(self._service(name, self._world), f"{PREFIX}{name}/", request)

        def run(world: World) -> Response:
            return call.run(self._service(name, world), claims)

        fault = self._faults.take(call.method)
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
