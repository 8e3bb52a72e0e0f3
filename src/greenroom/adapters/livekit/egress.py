"""media_ports.Egress over Twirp: LiveKit's Egress service, or Greenroom's recorder, which speaks the same. LiveKit: livekit_egress.proto."""

from __future__ import annotations

import posixpath
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar

from greenroom.adapters.livekit.client import request_of
from greenroom.adapters.livekit.egress_mapping import to_egress
from greenroom.adapters.livekit.egress_requests import (
    StartCall,
    needs_second,
    second_call,
    secrets_of_streams,
    start_call,
)
from greenroom.adapters.livekit.egress_services import RECORD, EgressService, EgressServices
from greenroom.adapters.livekit.egress_workers import Workers
from greenroom.adapters.livekit.errors import error_of
from greenroom.domain.egress import EgressInfo, EgressRequest
from greenroom.domain.egress_checks import require_layout, require_streams
from greenroom.domain.errors import PreconditionFailed, ServerError
from greenroom.domain.ports import Clock
from greenroom.domain.recordings import Retention, StoredFile
from greenroom.domain.urls import redacted_url

if TYPE_CHECKING:
    from google.protobuf.message import Message

START_SECONDS = 12.0
"""A worker of LiveKit's takes a request within 1.5 s (protocol rpc/egress_client.go, AffinityTimeout), and begins some
seconds later; livekit-server asks for 10 s before it tries again, and gives up after 22 s."""
SHORT_SECONDS = 4.0
"""The wait while no worker is expected."""
NOBODY = "no response"
"""What livekit-server says (503) when no worker answered: ``no response from servers``."""
PAGES = 1000
OWN = "LiveKit's own Egress service cannot {what}."
OWN_HINT = "Greenroom's recorder can: run it (greenroom up, or greenroom recorder), and set egress.service to greenroom."

M = TypeVar("M", bound="Message")


class LiveKitEgress:
    """media_ports.Egress. Every EgressInfo says which service it came from."""

    def __init__(self, services: EgressServices, clock: Clock, workers: Workers) -> None:
        self._services, self._clock, self._workers = services, clock, workers

    async def connected(self) -> bool:
        """Whether anything would record. Raises ServerError when it cannot be asked."""
        return await self._services.connected()

    async def service(self) -> str:
        """Who does it: livekit or greenroom. Raises ConfigurationError (egress-missing)."""
        return (await self._services.choose()).name

    async def start(self, request: EgressRequest) -> EgressInfo:
        """LiveKit: the five Start calls, or StartEgress. Raises InvalidRequest before anything is asked."""
        first = start_call(request)
        service = await self._services.choose()
        if service.has_second and needs_second(request):
            try:
                return await self._start(service, second_call(request), request)
            except ServerError as error:
                if error.code != "unimplemented":
                    raise
                service.has_second = False
        if first is None:
            message = "This Egress service cannot record one participant without sound or picture."
            hint = "Update it (livekit-server and egress with StartEgress), or record both."
            raise ServerError(message, code="unimplemented", hint=hint)
        return await self._start(service, first, request)

    async def await_room(self, request: EgressRequest) -> EgressInfo:
        """Of a whole room. Raises ServerError (unimplemented) for LiveKit's own, whose way is RoomEgress in CreateRoom."""
        from livekit.protocol import egress

        call = start_call(request)
        service = await self._own("wait for a room", "waiting for the room")
        if call is None or not isinstance(call.request, egress.RoomCompositeEgressRequest):
            message = "Only a whole room can be waited for."
            hint = "Start it when the participant is in the room."
            raise ServerError(message, code="unimplemented", hint=hint)
        return await self._info(
            service,
            "greenroom.Egress/AwaitRoomComposite",
            call.request,
            "waiting for the room",
            secrets=call.secrets,
        )

    async def list_egress(
        self, room: str = "", egress_id: str = "", *, active: bool = False
    ) -> tuple[EgressInfo, ...]:
        """All pages of it, the newest first. LiveKit: ListEgress."""
        service = await self._services.choose()
        found = await self._list(service, room, egress_id, active=active)
        return tuple(sorted(found, key=lambda one: one.started_at or one.updated_at, reverse=True))

    async def stop(self, egress_id: str) -> EgressInfo:
        """LiveKit: StopEgress. Raises PreconditionFailed (not-found, failed-precondition)."""
        from livekit.protocol import egress

        service = await self._services.choose()
        request = request_of(egress.StopEgressRequest, egress_id=egress_id)
        return await self._info(service, "Egress/StopEgress", request, "stopping it")

    async def set_layout(self, egress_id: str, layout: str) -> EgressInfo:
        """LiveKit: UpdateLayout. Raises InvalidRequest for a layout that is not there."""
        from livekit.protocol import egress

        require_layout(layout)
        service = await self._services.choose()
        request = request_of(egress.UpdateLayoutRequest, egress_id=egress_id, layout=layout)
        doing = "changing the layout"
        # What comes back is the request that began it, with its layout.
        return replace(
            await self._info(service, "Egress/UpdateLayout", request, doing), layout=layout
        )

    async def set_streams(
        self, egress_id: str, add: Sequence[str], remove: Sequence[str]
    ) -> EgressInfo:
        """LiveKit: UpdateStream. Raises InvalidRequest for a URL that cannot take a stream."""
        from livekit.protocol import egress

        if add:
            require_streams(add)
        service = await self._services.choose()
        request = request_of(
            egress.UpdateStreamRequest,
            egress_id=egress_id,
            add_output_urls=list(add),
            remove_output_urls=list(remove),
        )
        secrets = secrets_of_streams(u for u in (*add, *remove) if u != redacted_url(u))
        doing = "changing where it streams to"
        return await self._info(service, "Egress/UpdateStream", request, doing, secrets=secrets)

    async def pause(self, egress_id: str) -> EgressInfo:
        """Raises ServerError (unimplemented) where LiveKit's own does it."""
        return await self._paused(egress_id, "PauseEgress", "pausing it")

    async def resume(self, egress_id: str) -> EgressInfo:
        """Raises ServerError (unimplemented) where LiveKit's own does it."""
        return await self._paused(egress_id, "ResumeEgress", "resuming it")

    async def figures(self, egress_id: str) -> Mapping[str, Any]:
        """The recorder's GetEgressStats; {} from LiveKit's own."""
        from google.protobuf.json_format import MessageToDict
        from google.protobuf.struct_pb2 import Struct
        from livekit.protocol import egress

        service = await self._services.choose()
        if service.name != "greenroom":
            return {}
        answer = await service.client.read(
            "greenroom.Egress/GetEgressStats",
            request_of(egress.StopEgressRequest, egress_id=egress_id),
            RECORD,
            Struct,
            "asking how it does",
        )
        return {name: _whole(value) for name, value in MessageToDict(answer).items()}

    async def files(self, egress_id: str) -> tuple[StoredFile, ...]:
        """The recorder's ListEgressFiles. Raises ServerError (unimplemented) where LiveKit's own does it."""
        from google.protobuf.json_format import MessageToDict
        from google.protobuf.struct_pb2 import Struct
        from livekit.protocol import egress

        doing = "asking for its files"
        service = await self._own("tell its files", doing)
        answer = await service.client.read(
            "greenroom.Egress/ListEgressFiles",
            request_of(egress.StopEgressRequest, egress_id=egress_id),
            RECORD,
            Struct,
            doing,
        )
        told = MessageToDict(answer)
        return tuple(
            StoredFile(path=file["path"], size=int(file["size"]), folder=told["folder"])
            for file in told.get("files", [])
        )

    async def pieces(self, egress_id: str, file: StoredFile) -> AsyncIterator[bytes]:
        """Over the recorder's own port: ``GET /files/EG_…/NAME``. Raises ServerError and PreconditionFailed."""
        doing = f"fetching {file.name}"
        service = await self._own("give its files", doing)
        path = f"files/{egress_id}/{posixpath.relpath(file.path, file.folder)}"
        async for piece in service.client.file(path, file.size, RECORD, doing):
            yield piece

    async def delete_files(self, egress_id: str) -> EgressInfo:
        """The recorder's DeleteEgressFiles. Raises ServerError (unimplemented) where LiveKit's own does it."""
        from livekit.protocol import egress

        doing = "deleting its files"
        service = await self._own("delete files", doing)
        request = request_of(egress.StopEgressRequest, egress_id=egress_id)
        return await self._info(service, "greenroom.Egress/DeleteEgressFiles", request, doing)

    async def set_retention(self, days: int) -> Retention:
        """The recorder's SetRetention. Raises ServerError (unimplemented) where LiveKit's own does it."""
        from google.protobuf.json_format import MessageToDict
        from google.protobuf.struct_pb2 import Struct

        doing = "telling how long files are kept"
        service = await self._own("delete files by age", doing)
        asked = Struct()
        asked.update({"days": days})
        answer = await service.client.call(
            "greenroom.Egress/SetRetention", asked, RECORD, Struct, doing
        )
        told = {name: _whole(value) for name, value in MessageToDict(answer).items()}
        return Retention(
            days=told["days"],
            begins=float(told["begins"]),
            recordings=told["recordings"],
            files=told["files"],
            size=told["bytes"],
            beyond=told["beyond"],
        )

    async def _paused(self, egress_id: str, method: str, doing: str) -> EgressInfo:
        from livekit.protocol import egress

        service = await self._own("pause", doing)
        request = request_of(egress.StopEgressRequest, egress_id=egress_id)
        return await self._info(service, f"greenroom.Egress/{method}", request, doing)

    async def _own(self, what: str, doing: str) -> EgressService:
        """Greenroom's recorder, for what only it can do."""
        service = await self._services.choose()
        if service.name != "greenroom":
            message = f"While {doing}: {OWN.format(what=what)}"
            raise ServerError(message, code="unimplemented", hint=OWN_HINT)
        return service

    async def _start(
        self, service: EgressService, call: StartCall, wanted: EgressRequest
    ) -> EgressInfo:
        doing = "starting the egress"
        path = f"Egress/{call.method}"
        if service.name == "greenroom":
            return await self._info(service, path, call.request, doing, secrets=call.secrets)
        began, where = self._clock.now(), service.client.origin
        seconds = START_SECONDS if self._workers.expected(where) else SHORT_SECONDS
        try:
            made = await self._info(
                service, path, call.request, doing, seconds=seconds, secrets=call.secrets
            )
        except ServerError as error:
            if error.code != "timeout" and NOBODY not in error.message:
                raise
            return await self._unanswered(service, wanted, began, error)
        self._workers.somebody(where)
        return made

    async def _unanswered(
        self, service: EgressService, wanted: EgressRequest, began: float, error: ServerError
    ) -> EgressInfo:
        """Nobody answered a Start. A worker that took it all the same has listed it, newer than what ran before."""
        for one in await self._list(service, wanted.room, "", active=True):
            if one.source == wanted.source.kind and (one.started_at or one.updated_at) >= began:
                return one
        self._workers.nobody(service.client.origin)
        raise error_of("egress:no-worker", doing="starting the egress") from error

    async def _list(
        self, service: EgressService, room: str, egress_id: str, *, active: bool
    ) -> list[EgressInfo]:
        from livekit.protocol import egress

        found: list[EgressInfo] = []
        request = request_of(
            egress.ListEgressRequest, room_name=room, egress_id=egress_id, active=active
        )
        for _ in range(PAGES):
            try:
                answer = await service.client.read(
                    "Egress/ListEgress", request, RECORD, egress.ListEgressResponse, "listing them"
                )
            except PreconditionFailed as error:
                if error.code == "not-found" and egress_id:
                    return []
                raise
            found += [to_egress(item, service.name) for item in answer.items]
            token = answer.next_page_token.token
            if not token or token == request.page_token.token:
                break
            request.page_token.token = token
        return found

    async def _info(
        self,
        service: EgressService,
        path: str,
        request: Message,
        doing: str,
        *,
        seconds: float | None = None,
        secrets: Iterable[str] = (),
    ) -> EgressInfo:
        """A write, sent once. A server that agrees and says nothing is none."""
        from livekit.protocol import egress

        answer = await service.client.call(
            path, request, RECORD, egress.EgressInfo, doing, seconds=seconds, secrets=secrets
        )
        if not answer.egress_id:
            message = f"While {doing}: the server agreed, but named no egress."
            hint = "Check LIVEKIT_URL and egress.url: something answers in the service's place."
            raise ServerError(message, code="not-livekit", hint=hint)
        return to_egress(answer, service.name)


def _whole(value: Any) -> Any:
    """Struct knows only floating-point numbers."""
    return int(value) if isinstance(value, float) and value.is_integer() else value
