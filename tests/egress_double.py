"""An egress service in memory: what is recorded or streamed, and what was asked of it."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from greenroom.domain.egress import FILES_DELETED, EgressInfo, EgressRequest, EgressResult
from greenroom.domain.egress_checks import require_layout, require_possible, require_streams
from greenroom.domain.errors import ConfigurationError, PreconditionFailed, ServerError
from greenroom.domain.recordings import Retention, StoredFile
from greenroom.domain.urls import redacted_url


class MemoryEgress:
    """media_ports.Egress. ``there``: whether the server has such a service at all; ``lies``: says yes and does nothing."""

    def __init__(self, egresses: Sequence[EgressInfo] = (), *, there: bool = True) -> None:
        self.egresses = {one.egress_id: one for one in egresses}
        self.asked: list[EgressRequest] = []
        self.awaited: list[EgressRequest] = []
        self.there = there
        self.name = "greenroom"
        self.lies = False
        self.paused: set[str] = set()
        self.retention: int | None = None
        self.goes: Retention | None = None
        self.left: dict[str, tuple[StoredFile, ...]] = {}
        self._numbers = itertools.count(1)

    async def connected(self) -> bool:
        return self.there

    async def service(self) -> str:
        if not self.there:
            msg = "Nothing here can record."
            raise ConfigurationError(msg, code="egress-missing", hint="Run one.")
        return self.name

    async def start(self, request: EgressRequest) -> EgressInfo:
        require_possible(request)
        await self.service()
        self.asked.append(request)
        made = info_of(f"EG_{next(self._numbers)}", request)
        if not self.lies:
            self.egresses[made.egress_id] = replace(made, status="active")
        return made

    async def await_room(self, request: EgressRequest) -> EgressInfo:
        require_possible(request)
        await self.service()
        self.awaited.append(request)
        return info_of("EG_awaited", request)

    async def list_egress(
        self, room: str = "", egress_id: str = "", *, active: bool = False
    ) -> tuple[EgressInfo, ...]:
        await self.service()
        return tuple(
            one
            for one in reversed(self.egresses.values())
            if room in {"", one.room}
            and egress_id in {"", one.egress_id}
            and (one.is_active or not active)
        )

    async def stop(self, egress_id: str) -> EgressInfo:
        one = self._active(egress_id)
        if self.lies:
            return one
        return self._keep(replace(one, status="complete", ended_at=one.started_at + 1))

    async def set_layout(self, egress_id: str, layout: str) -> EgressInfo:
        require_layout(layout)
        return self._keep(replace(self._active(egress_id), layout=layout))

    async def set_streams(
        self, egress_id: str, add: Sequence[str], remove: Sequence[str]
    ) -> EgressInfo:
        if add:
            require_streams(add)
        one = self._active(egress_id)
        gone = {*map(redacted_url, remove)}
        kept = tuple(r for r in one.results if r.location not in gone)
        return self._keep(replace(one, results=(*kept, *map(a_stream, add))))

    async def pause(self, egress_id: str) -> EgressInfo:
        self.paused.add(egress_id)
        return self._active(egress_id)

    async def resume(self, egress_id: str) -> EgressInfo:
        self.paused.discard(egress_id)
        return self._active(egress_id)

    async def figures(self, egress_id: str) -> Mapping[str, Any]:
        return {"paused": egress_id in self.paused}

    async def files(self, egress_id: str) -> tuple[StoredFile, ...]:
        return self.left.get(egress_id, ())

    async def pieces(self, egress_id: str, file: StoredFile) -> AsyncIterator[bytes]:
        assert file in self.left[egress_id]
        try:
            yield Path(file.path).read_bytes()
        except FileNotFoundError as error:
            msg = f"The recording {egress_id} has no file {file.name}."
            raise PreconditionFailed(msg, code="not-found") from error

    async def delete_files(self, egress_id: str) -> EgressInfo:
        one = self.egresses[egress_id]
        if not self.lies:
            self.left.pop(egress_id, None)
        return self._keep(replace(one, details=FILES_DELETED))

    async def set_retention(self, days: int) -> Retention:
        if self.name != "greenroom":
            msg = "LiveKit's own Egress service cannot delete files by age."
            raise ServerError(msg, code="unimplemented")
        self.retention = days
        return self.goes or Retention(
            days=days, begins=0.0, recordings=0, files=0, size=0, beyond=0
        )

    def _active(self, egress_id: str) -> EgressInfo:
        one = self.egresses.get(egress_id)
        if one is None:
            raise PreconditionFailed(f"There is no egress {egress_id}.", code="not-found")
        if not one.is_active:
            msg = f"Egress {egress_id} is {one.status}."
            raise PreconditionFailed(msg, code="failed-precondition")
        return one

    def _keep(self, one: EgressInfo) -> EgressInfo:
        if not self.lies:
            self.egresses[one.egress_id] = one
        return one


def a_stream(url: str) -> EgressResult:
    """A stream that runs, its key hidden as LiveKit hides it."""
    return EgressResult(kind="stream", location=redacted_url(url), status="active", started_at=1.0)


def info_of(egress_id: str, request: EgressRequest) -> EgressInfo:
    """As a service answers it."""
    results = []
    for output in request.outputs:
        if output.kind == "stream":
            results += [a_stream(url) for url in output.urls]
        else:
            results.append(EgressResult(kind=output.kind, location=output.path))
    source = request.source
    return EgressInfo(
        egress_id=egress_id,
        room=request.room,
        source=source.kind,
        subject=source.identity or source.track or source.url,
        layout=source.layout,
        status="starting",
        started_at=1_800_000_000.0,
        ended_at=0.0,
        updated_at=1_800_000_000.0,
        results=tuple(results),
        service="greenroom",
    )
