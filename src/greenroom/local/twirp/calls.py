"""One call of Twirp over HTTP: which RPC is meant, its request, its answer. Twirp specification v7."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from google.protobuf.message import DecodeError

from greenroom.local.http import Request, Response
from greenroom.local.twirp.codec import from_json
from greenroom.local.twirp.refusals import Refusal
from greenroom.local.twirp.service import Service
from greenroom.local.twirp.tokens import Claims

if TYPE_CHECKING:
    from google.protobuf.message import Message

JSON, PROTOBUF = "application/json", "application/protobuf"


class Call:
    """A request that names an RPC which is there, with a body that can be read."""

    def __init__(self, service: Service, prefix: str, request: Request) -> None:
        """``prefix``: the path up to the RPC's name. Raises Refusal (bad_route, malformed)."""
        self.method = request.path.removeprefix(prefix)
        if request.method != "POST":
            words = f"unsupported method {_quoted(request.method)} (only POST is allowed)"
            raise _bad_route(words, request)
        kind = service.request_type(self.method)
        if kind is None:
            raise _bad_route(f"no handler for path {_quoted(request.path)}", request)
        media = request.headers.get("content-type", "")
        self._spoken = media.partition(";")[0].strip().lower()
        if self._spoken not in {JSON, PROTOBUF}:
            raise _bad_route(f"unexpected Content-Type: {_quoted(media)}", request)
        self.message = _decode(kind, request.body, self._spoken)

    async def run(self, service: Service, claims: Claims) -> Response:
        """Call it; the answer in the form that was asked in. Raises Refusal."""
        answer = await service.answer(self.method, claims, self.message)
        if self._spoken == PROTOBUF:
            # In the headers, because an empty message is an empty body, and has a type all the same.
            return Response(body=answer.SerializeToString(), headers={"Content-Type": PROTOBUF})
        return _text(service.text(self.method, self.message, answer))


def _decode(kind: type[Message], body: bytes, spoken: str) -> Message:
    message = kind()
    try:
        if spoken == JSON:
            from_json(body, message)
        else:
            message.ParseFromString(body)
    except (ValueError, DecodeError):
        shown = "json" if spoken == JSON else "protobuf"
        words = f"the {shown} request could not be decoded"
        raise Refusal("malformed", words) from None
    return message


def _text(text: str, status: int = 200) -> Response:
    return Response(status=status, body=text.encode("utf-8", "replace"), content_type=JSON)


def json_response(value: Any, status: int = 200) -> Response:
    """An answer in JSON."""
    return _text(json.dumps(value, ensure_ascii=False, separators=(",", ":")), status)


def error_response(refusal: Refusal) -> Response:
    """Errors are always JSON, whatever the request was."""
    told: dict[str, Any] = {"code": refusal.code, "msg": refusal.message}
    if refusal.meta:
        told["meta"] = refusal.meta
    return json_response(told, refusal.status)


def _bad_route(words: str, request: Request) -> Refusal:
    route = f"{request.method} {request.path}"
    return Refusal("bad_route", words, {"twirp_invalid_route": route})


def _quoted(text: str) -> str:
    """Go's %q, for the characters that paths have."""
    return json.dumps(text, ensure_ascii=False)
