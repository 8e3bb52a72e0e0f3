"""What a server without Redis does not have: egress, ingress, SIP."""

from __future__ import annotations

import pytest

from tests.contract.calls import JSON, NO_ROOM, admin
from tests.contract.conftest import Server

MISSING = {
    "Egress/ListEgress": "egress",
    "Egress/UpdateLayout": "egress",
    "Ingress/ListIngress": "ingress",
    "Ingress/CreateIngress": "ingress",
    "SIP/ListSIPTrunk": "sip",
    "SIP/ListSIPInboundTrunk": "sip",
    "SIP/ListSIPOutboundTrunk": "sip",
    "SIP/CreateSIPDispatchRule": "sip",
    "SIP/DeleteSIPTrunk": "sip",
}


@pytest.mark.parametrize("method", MISSING)
async def test_what_needs_redis_says_so(server: Server, method: str) -> None:
    token = server.token(admin("r"), sip={"admin": True, "call": True})
    answer = await server.send(f"/twirp/livekit.{method}", token=token)
    words = f"twirp error unknown: {MISSING[method]} not connected (redis required)"
    assert answer.shown == (500, JSON, {"code": "internal", "msg": words})


@pytest.mark.parametrize(
    "method", ["StartRoomCompositeEgress", "StartParticipantEgress", "StartTrackEgress"]
)
async def test_recording_a_room_that_does_not_exist_says_so(
    server: Server, method: str, name: str
) -> None:
    answer = await server.call(f"Egress/{method}", {"room_name": name}, admin("r"))
    assert answer.shown == NO_ROOM


@pytest.mark.parametrize("sip", [None, {}, {"call": True}])
async def test_sip_has_a_grant_of_its_own(server: Server, sip: dict[str, bool] | None) -> None:
    token = server.token(admin("r"), sip=sip)
    answer = await server.send("/twirp/livekit.SIP/ListSIPTrunk", token=token)
    assert (answer.status, answer.json["msg"]) == (401, "permissions denied")
