"""Ingress and SIP, and Egress if wanted, which answer as a livekit-server without Redis does: not connected.

livekit-server pkg/service/egress.go, ingress.go, sip.go.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from livekit.protocol import egress, ingress, sip

from greenroom.local.sandbox.world import World
from greenroom.local.twirp.refusals import Refusal, denied, from_inside, no_room, nobody_answers
from greenroom.local.twirp.service import Service
from greenroom.local.twirp.tokens import Claims, require

if TYPE_CHECKING:
    from google.protobuf.message import Message

NEWER = frozenset({"StartEgress"})
"""RPCs of newer protocols that livekit-server 1.11.0 has no route for."""
SIP_CALLS = frozenset({"CreateSIPParticipant", "TransferSIPParticipant"})
ABSENT = {"Egress": egress, "Ingress": ingress, "SIP": sip}
"""Service → the module that describes it."""


class Absent(Service):
    """Checks the grant, then says what is missing."""

    def __init__(self, world: World, name: str) -> None:
        super().__init__(ABSENT[name].DESCRIPTOR, name)
        self._world = world
        self._name = name

    def has(self, method: str) -> bool:
        """All that the protocol of livekit-server 1.11.0 knows."""
        return method not in NEWER

    async def answer(self, method: str, claims: Claims, request: Any) -> Message:
        """Always raises Refusal."""
        self._check(method, claims)
        if self._name == "Egress" and method.startswith("Start"):
            raise self._cannot_start(request)
        raise from_inside("internal", f"{self._name.lower()} not connected (redis required)")

    def _check(self, method: str, claims: Claims) -> None:
        if self._name == "SIP":
            granted = claims.values.get("sip") or {}
            if not granted.get("call" if method in SIP_CALLS else "admin"):
                raise denied()
        else:
            require(claims, "roomRecord" if self._name == "Egress" else "ingressAdmin")

    def _cannot_start(self, request: Any) -> Refusal:
        """livekit-server looks for the room, then waits 20 s for an egress worker; we do not wait."""
        room = getattr(request, "room_name", "")
        return no_room() if room and room not in self._world.rooms else nobody_answers()
