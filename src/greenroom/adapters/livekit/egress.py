"""LiveKit's Egress service: whether there is one. LiveKit: livekit_egress.proto."""

from __future__ import annotations

from greenroom.adapters.livekit.client import LiveKitClient, request_of
from greenroom.domain.errors import ServerError

NOT_CONNECTED = "not connected"
"""livekit-server pkg/service/egress.go, ErrEgressNotConnected: ``egress not connected (redis required)``."""


class LiveKitEgress:
    """ports.Egress over the connections of a client."""

    def __init__(self, client: LiveKitClient) -> None:
        self._client = client

    async def connected(self) -> bool:
        """Whether ListEgress answers: without Redis livekit-server says that egress is not connected. Grant roomRecord."""
        from livekit.protocol import egress as proto

        try:
            await self._client.read(
                "Egress/ListEgress",
                request_of(proto.ListEgressRequest, active=True),
                {"roomRecord": True},
                proto.ListEgressResponse,
                "asking for the egress service",
            )
        except ServerError as error:
            if NOT_CONNECTED in error.message or error.code == "unimplemented":
                return False
            raise
        return True
