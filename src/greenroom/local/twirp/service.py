"""A Twirp service: its RPCs' request types come from LiveKit's own descriptors."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from google.protobuf.message_factory import GetMessageClass

from greenroom.local.twirp.codec import to_text
from greenroom.local.twirp.tokens import Claims

if TYPE_CHECKING:
    from google.protobuf.descriptor import FileDescriptor
    from google.protobuf.message import Message


class Service:
    """RPCs are the methods of the subclass that have an RPC's name."""

    def __init__(self, file: FileDescriptor, name: str) -> None:
        methods = file.services_by_name[name].methods
        self._types = {method.name: method.input_type for method in methods}

    def request_type(self, method: str) -> type[Message] | None:
        """The request's class; None for an RPC that livekit-server 1.11.0 does not have."""
        found = self._types.get(method)
        return GetMessageClass(found) if found is not None and self.has(method) else None

    def has(self, method: str) -> bool:
        """Whether this RPC, which the protocol knows, is there."""
        return hasattr(self, method)

    def text(self, method: str, request: Any, answer: Message) -> str:
        """The answer as JSON, for who asked in JSON."""
        del method, request
        return to_text(answer)

    async def answer(self, method: str, claims: Claims, request: Any) -> Message:
        """Run it. Raises Refusal."""
        answer: Message = getattr(self, method)(claims, request)
        return answer
