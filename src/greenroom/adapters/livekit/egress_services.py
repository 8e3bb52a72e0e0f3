"""Which service records and streams: LiveKit's Egress of the server, Greenroom's recorder, or nobody."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable
from dataclasses import dataclass

from greenroom.adapters.livekit.client import LiveKitClient, request_of
from greenroom.adapters.livekit.errors import FAULTS
from greenroom.adapters.livekit.recorder_errors import RECORDER_FAULTS
from greenroom.domain.errors import ConfigurationError, GreenroomError
from greenroom.domain.ports import Clock, Settings

NEGATIVE_SECONDS = 5.0
"""How long "no egress here" is believed: somebody may just be starting one."""
RECORD = {"roomRecord": True}
"""The grant of every call of the Egress service. LiveKit: VideoGrant.roomRecord."""
ABSENT = frozenset({"egress-missing", "unimplemented"})
"""Codes by which a server says that it has no Egress service."""
MISSING = "Nothing here records or streams: the server has no Egress service, and Greenroom's recorder does not run beside it."
NO_RECORDER = "Greenroom's recorder is to do it (egress.service), and none runs beside this server."
HINT = (
    "Start a server with a recorder on this machine: greenroom up. Or a recorder beside yours: greenroom recorder, then "
    "set egress.url. Or run LiveKit's Egress, which needs Redis."
)


@dataclass(slots=True)
class EgressService:
    """A service that does it, and what was learned of it."""

    name: str
    """livekit or greenroom."""
    client: LiveKitClient
    has_second: bool = True
    """Whether it knows StartEgress; believed until it says no."""


class EgressServices:
    """Chooses anew at every call, since settings and recorders come and go; what costs a question is remembered."""

    def __init__(
        self, own: LiveKitClient, settings: Settings, recorder: Callable[[], str], clock: Clock
    ) -> None:
        """``own``: connections of the server in use. ``recorder``: the URL of Greenroom's recorder beside it, else ""."""
        self._own = EgressService("livekit", own)
        self._settings, self._recorder, self._clock = settings, recorder, clock
        self._connected = False
        self._absent_until = -math.inf
        self._others: dict[tuple[str, str], EgressService] = {}
        self._kinds: dict[str, str] = {}

    async def close(self) -> None:
        """End the connections that were opened here."""
        others, self._others = self._others, {}
        for service in others.values():
            await service.client.close()

    async def choose(self) -> EgressService:
        """The service to use now. Raises ConfigurationError (egress-missing), and ServerError when the server cannot be asked."""
        settings = self._settings.now()
        name, url = settings.chosen("egress.service"), settings.chosen("egress.url")
        if url:
            return self._at(name or await self._kind(url), url)
        if name == "livekit":
            return self._own
        if name is None and await self._has_own():
            return self._own
        # It waits for a recorder that just starts.
        found = await asyncio.to_thread(self._recorder)
        if found:
            return self._at("greenroom", found)
        message = MISSING if name is None else NO_RECORDER
        raise ConfigurationError(message, code="egress-missing", hint=HINT)

    async def connected(self) -> bool:
        """Whether ``choose`` finds one that is there. Raises ServerError when it cannot be asked."""
        try:
            service = await self.choose()
        except ConfigurationError as error:
            if error.code != "egress-missing":
                raise
            return False
        return await (self._has_own() if service is self._own else _answers(service))

    def _at(self, name: str, url: str) -> EgressService:
        known = self._others.get((name, url))
        if known is None:
            faults = RECORDER_FAULTS if name == "greenroom" else FAULTS
            known = EgressService(name, self._own.client.beside(url, faults))
            self._others[name, url] = known
        return known

    async def _has_own(self) -> bool:
        """Asked once in the life of a crew where the answer is yes."""
        if self._connected:
            return True
        if self._clock.now() < self._absent_until:
            return False
        self._connected = await _answers(self._own)
        if not self._connected:
            self._absent_until = self._clock.now() + NEGATIVE_SECONDS
        return self._connected

    async def _kind(self, url: str) -> str:
        """Whose service listens there: only the recorder knows the package ``greenroom``."""
        from google.protobuf.struct_pb2 import Struct
        from livekit.protocol import egress

        if url not in self._kinds:
            try:
                await self._at("greenroom", url).client.read(
                    "greenroom.Egress/GetEgressStats",
                    request_of(egress.StopEgressRequest, egress_id="EG_none"),
                    RECORD,
                    Struct,
                    "asking what listens at egress.url",
                )
            except GreenroomError as error:
                if error.code not in {"not-found", "unimplemented", "not-livekit"}:
                    raise
                self._kinds[url] = "greenroom" if error.code == "not-found" else "livekit"
            else:
                self._kinds[url] = "greenroom"
        return self._kinds[url]


async def _answers(service: EgressService) -> bool:
    """By ListEgress, 1 ms. Never by a Start: livekit-server without a worker takes 22 s over that."""
    from livekit.protocol import egress

    try:
        await service.client.read(
            "Egress/ListEgress",
            request_of(egress.ListEgressRequest, active=True),
            RECORD,
            egress.ListEgressResponse,
            "asking for the egress service",
        )
    except GreenroomError as error:
        if error.code in ABSENT:
            return False
        raise
    return True
