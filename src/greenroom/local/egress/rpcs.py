"""LiveKit's Egress service, and what it lacks: livekit-server pkg/service/egress.go; issue livekit/egress#195."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from google.protobuf.struct_pb2 import Struct
from livekit.protocol import egress

from greenroom.local.egress.results import ENDED, no_egress
from greenroom.local.twirp.refusals import Refusal
from greenroom.local.twirp.service import Service
from greenroom.local.twirp.tokens import Claims, require

if TYPE_CHECKING:
    from google.protobuf.message import Message

PAGE = 100
"""Egresses in one answer of ListEgress."""
STARTS = frozenset(
    {
        "StartEgress",
        "StartRoomCompositeEgress",
        "StartWebEgress",
        "StartParticipantEgress",
        "StartTrackCompositeEgress",
        "StartTrackEgress",
    }
)


class Egresses(Protocol):
    """All egresses of a service, and what can be asked of them. Each method raises Refusal."""

    @property
    def folder(self) -> Path:
        """Where files are written."""
        ...

    def infos(self) -> list[egress.EgressInfo]:
        """The newest first."""
        ...

    async def start(self, request: Any) -> egress.EgressInfo:
        """Any of LiveKit's Start calls."""
        ...

    def stop(self, egress_id: str) -> egress.EgressInfo:
        """End it."""
        ...

    def set_layout(self, egress_id: str, layout: str) -> egress.EgressInfo:
        """From now on."""
        ...

    def set_streams(
        self, egress_id: str, add: Iterable[str], remove: Iterable[str]
    ) -> egress.EgressInfo:
        """More destinations, or fewer."""
        ...

    def pause(self, egress_id: str, *, paused: bool) -> egress.EgressInfo:
        """Time stands still in all its files, or goes on."""
        ...

    def figures(self, egress_id: str) -> dict[str, Any]:
        """How it does, or did."""
        ...

    def files(self, egress_id: str) -> list[Path]:
        """What one that has ended left on disk."""
        ...

    def delete_files(self, egress_id: str) -> egress.EgressInfo:
        """Delete these, and say so from now on."""
        ...


class Awaits(Protocol):
    """Egresses that begin with their room's first participant."""

    async def add(self, request: egress.RoomCompositeEgressRequest) -> egress.EgressInfo:
        """Wait. Raises Refusal."""
        ...


class Retains(Protocol):
    """Deletes files by age."""

    def set(self, days: float) -> dict[str, Any]:
        """From the next hour on, or 0: never. What that will delete. Raises Refusal."""
        ...


AWAIT, RETAIN = "AwaitRoomComposite", "SetRetention"
OWN: dict[str, type[Message]] = {
    "PauseEgress": egress.StopEgressRequest,
    "ResumeEgress": egress.StopEgressRequest,
    "GetEgressStats": egress.StopEgressRequest,
    "ListEgressFiles": egress.StopEgressRequest,
    "DeleteEgressFiles": egress.StopEgressRequest,
    AWAIT: egress.RoomCompositeEgressRequest,
    RETAIN: Struct,
}
"""Calls of our own, and what they take."""


class EgressService(Service):
    """``livekit.Egress``. Every call needs the grant ``roomRecord``."""

    def __init__(self, egresses: Egresses) -> None:
        super().__init__(egress.DESCRIPTOR, "Egress")
        self._egresses = egresses

    def has(self, method: str) -> bool:
        """All of them."""
        return method in STARTS or hasattr(self, method)

    async def answer(self, method: str, claims: Claims, request: Any) -> Message:
        """Raises Refusal."""
        require(claims, "roomRecord")
        if method in STARTS:
            return await self._egresses.start(request)
        answer: Message = getattr(self, method)(request)
        return answer

    def StopEgress(self, request: Any) -> egress.EgressInfo:
        """Returns at once; the file is there when the status is EGRESS_COMPLETE."""
        return self._egresses.stop(request.egress_id)

    def UpdateLayout(self, request: Any) -> egress.EgressInfo:
        """Inside the same file."""
        return self._egresses.set_layout(request.egress_id, request.layout)

    def UpdateStream(self, request: Any) -> egress.EgressInfo:
        """Destinations of a recording that runs."""
        added = [*request.add_output_urls, *(each.url for each in request.add_destinations)]
        removed = request.remove_output_urls
        return self._egresses.set_streams(request.egress_id, added, removed)

    def ListEgress(self, request: Any) -> egress.ListEgressResponse:
        """The newest first, 100 at a time."""
        every = self._egresses.infos()
        if request.egress_id and all(info.egress_id != request.egress_id for info in every):
            raise no_egress()
        found = [info for info in every if _is_asked(request, info)]
        after = request.page_token.token
        if after:
            places = [number for number, info in enumerate(found) if info.egress_id == after]
            if not places:
                raise Refusal("invalid_argument", "The page token is not one of this service.")
            found = found[places[0] + 1 :]
        answer = egress.ListEgressResponse(items=found[:PAGE])
        if len(found) > PAGE:
            answer.next_page_token.token = found[PAGE - 1].egress_id
        return answer


def _is_asked(request: Any, info: egress.EgressInfo) -> bool:
    return (
        request.egress_id in {"", info.egress_id}
        and request.room_name in {"", info.room_name}
        and not (request.active and info.status in ENDED)
    )


class OwnService(Service):
    """``greenroom.Egress``: calls in LiveKit's style that LiveKit does not have."""

    def __init__(
        self,
        egresses: Egresses,
        awaiting: Awaits | None = None,
        retention: Retains | None = None,
    ) -> None:
        """``awaiting`` None: a service that needs no such call, since it keeps automatic egress itself. ``retention`` None: one without files."""
        super().__init__(egress.DESCRIPTOR, "Egress")
        self._egresses = egresses
        self._awaiting, self._retention = awaiting, retention
        absent = {AWAIT: awaiting, RETAIN: retention}
        self._methods = {method for method in OWN if absent.get(method, True) is not None}

    def request_type(self, method: str) -> type[Message] | None:
        """LiveKit's messages."""
        return OWN.get(method) if self.has(method) else None

    def has(self, method: str) -> bool:
        """Those of ``OWN`` that this service needs."""
        return method in self._methods

    async def answer(self, method: str, claims: Claims, request: Any) -> Message:
        """Raises Refusal."""
        require(claims, "roomRecord")
        if method == AWAIT and self._awaiting is not None:
            return await self._awaiting.add(request)
        if method == RETAIN and self._retention is not None:
            return self._set_retention(self._retention, request)
        answer: Message = getattr(self, method)(request)
        return answer

    def text(self, method: str, request: Any, answer: Message) -> str:
        """Figures are an object; JSON has a way of its own for that."""
        if isinstance(answer, Struct):
            # Here, because it costs 25 ms that the start must not pay.
            from google.protobuf.json_format import MessageToJson

            return MessageToJson(answer, indent=None)
        return super().text(method, request, answer)

    def _set_retention(self, retention: Retains, request: Any) -> Struct:
        """``{"days"}``: what it will delete, as ``Retains.set`` says."""
        days = request["days"] if "days" in request else None  # noqa: SIM401 - Struct has no get
        if not isinstance(days, float):
            raise Refusal("invalid_argument", "days is missing, or no number.")
        shown = Struct()
        shown.update(retention.set(days))
        return shown

    def PauseEgress(self, request: Any) -> egress.EgressInfo:
        """Nothing is recorded until it is resumed; the file has no gap. Pausing twice is pausing once."""
        return self._egresses.pause(request.egress_id, paused=True)

    def ResumeEgress(self, request: Any) -> egress.EgressInfo:
        """Go on in the same file."""
        return self._egresses.pause(request.egress_id, paused=False)

    def GetEgressStats(self, request: Any) -> Struct:
        """Pictures made and left out, lateness, CPU, bytes: a google.protobuf.Struct."""
        shown = Struct()
        shown.update(self._egresses.figures(request.egress_id))
        return shown

    def ListEgressFiles(self, request: Any) -> Struct:
        """``{"folder", "files": [{"path", "size"}]}`` of one that has ended; what was uploaded is not there any more."""
        shown = Struct()
        found = self._egresses.files(request.egress_id)
        files: list[Any] = [
            {"path": str(path.absolute()), "size": path.stat().st_size} for path in found
        ]
        shown.update({"folder": str(self._egresses.folder.absolute()), "files": files})
        return shown

    def DeleteEgressFiles(self, request: Any) -> egress.EgressInfo:
        """Of one that has ended. Deleting twice is deleting once."""
        return self._egresses.delete_files(request.egress_id)
