"""LiveKit's Egress service, and what it lacks: livekit-server pkg/service/egress.go; issue livekit/egress#195."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from google.protobuf.json_format import MessageToJson
from google.protobuf.struct_pb2 import Struct
from livekit.protocol import egress

from greenroom.local.recorder.awaiting import Awaiting
from greenroom.local.recorder.egresses import Egresses
from greenroom.local.recorder.wish import check_layout
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


OWN: dict[str, type[Message]] = {
    "PauseEgress": egress.StopEgressRequest,
    "ResumeEgress": egress.StopEgressRequest,
    "GetEgressStats": egress.StopEgressRequest,
    "AwaitRoomComposite": egress.RoomCompositeEgressRequest,
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
        return self._egresses.set_layout(request.egress_id, check_layout(request.layout))

    def UpdateStream(self, request: Any) -> egress.EgressInfo:
        """Destinations of a recording that runs."""
        added = [*request.add_output_urls, *(each.url for each in request.add_destinations)]
        removed = request.remove_output_urls
        return self._egresses.set_streams(request.egress_id, added, removed)

    def ListEgress(self, request: Any) -> egress.ListEgressResponse:
        """The newest first, 100 at a time."""
        found = self._egresses.list(request.room_name, request.egress_id, active=request.active)
        after = request.page_token.token
        if after:
            places = [number for number, info in enumerate(found) if info.egress_id == after]
            if not places:
                raise Refusal("invalid_argument", "The page token is not one of this recorder.")
            found = found[places[0] + 1 :]
        answer = egress.ListEgressResponse(items=found[:PAGE])
        if len(found) > PAGE:
            answer.next_page_token.token = found[PAGE - 1].egress_id
        return answer


class OwnService(Service):
    """``greenroom.Egress``: calls in LiveKit's style that LiveKit does not have."""

    def __init__(self, egresses: Egresses, awaiting: Awaiting) -> None:
        super().__init__(egress.DESCRIPTOR, "Egress")
        self._egresses = egresses
        self._awaiting = awaiting

    def request_type(self, method: str) -> type[Message] | None:
        """LiveKit's messages."""
        return OWN.get(method)

    def has(self, method: str) -> bool:
        """Four calls."""
        return method in OWN

    async def answer(self, method: str, claims: Claims, request: Any) -> Message:
        """Raises Refusal."""
        require(claims, "roomRecord")
        if method == "AwaitRoomComposite":
            return await self._awaiting.add(request)
        answer: Message = getattr(self, method)(request)
        return answer

    def text(self, method: str, request: Any, answer: Message) -> str:
        """Figures are an object; JSON has a way of its own for that."""
        if isinstance(answer, Struct):
            return MessageToJson(answer, indent=None)
        return super().text(method, request, answer)

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
