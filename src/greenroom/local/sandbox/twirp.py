"""What the sandbox answers below ``/twirp/``: its services, and faults on the way. protocol livekit/*.twirp.go."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from greenroom.local.egress.rpcs import EgressService, OwnService
from greenroom.local.http import Request, Response
from greenroom.local.sandbox.absent import ABSENT, Absent
from greenroom.local.sandbox.faults import Fault, Faults
from greenroom.local.sandbox.rpcs import AgentDispatchService, RoomService
from greenroom.local.sandbox.world import World
from greenroom.local.twirp.calls import Call, error_response
from greenroom.local.twirp.refusals import Refusal
from greenroom.local.twirp.service import Service
from greenroom.local.twirp.tokens import Claims

PREFIX = "/twirp/"
LIVEKIT = "livekit."
OWN_EGRESS = "greenroom.Egress"
"""The recorder's own calls, for those who record with it."""
_ALWAYS = {f"{LIVEKIT}{name}" for name in ("RoomService", "AgentDispatchService", *ABSENT)}


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
        """The service of a path, such as ``livekit.RoomService``, if there is one."""
        if not path.startswith(PREFIX):
            return None
        name = path.removeprefix(PREFIX).partition("/")[0]
        own = name == OWN_EGRESS and self._world.egresses is not None
        return name if own or name in _ALWAYS else None

    def _service(self, name: str, world: World) -> Service:
        if world is not self._world:
            return self._make(name, world)
        if name not in self._services:
            self._services[name] = self._make(name, world)
        return self._services[name]

    def _make(self, name: str, world: World) -> Service:
        if world.egresses is not None and name == OWN_EGRESS:
            return OwnService(world.egresses)
        match name.removeprefix(LIVEKIT):
            case "RoomService":
                return RoomService(world, remote_unmute=self._remote_unmute)
            case "AgentDispatchService":
                return AgentDispatchService(world)
            case "Egress" if world.egresses is not None:
                return EgressService(world.egresses)
            case absent:
                return Absent(world, absent)

    async def answer(self, service: str, request: Request, claims: Claims) -> Response | None:
        """Run an RPC. None: the connection ends without an answer, because a fault wants it."""
        try:
            return await self._run(service, request, claims)
        except Refusal as refusal:
            return error_response(refusal)

    async def _run(self, name: str, request: Request, claims: Claims) -> Response | None:
        call = Call(self._service(name, self._world), f"{PREFIX}{name}/", request)

        async def run(world: World) -> Response:
            return await call.run(self._service(name, world), claims)

        fault = self._faults.take(call.method)
        return await run(self._world) if fault is None else await self._misbehave(fault, run)

    async def _misbehave(
        self, fault: Fault, run: Callable[[World], Awaitable[Response]]
    ) -> Response | None:
        if fault.kind == "refuse":
            raise fault.refusal()
        if fault.kind == "drop":
            return None
        if fault.kind == "delay":
            # Real time even with a clock of the test's own: the caller's timeout is real, too.
            await asyncio.sleep(fault.seconds)
        answer = await run(self._shadow() if fault.kind == "lie" else self._world)
        if fault.kind == "drop-after":
            return None
        if fault.kind == "fail-after":
            raise Refusal("internal", "failed by a fault of the sandbox, after the effect")
        return answer
