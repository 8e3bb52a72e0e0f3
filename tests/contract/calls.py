"""Raw calls: what goes over the wire, and what comes back, without any SDK in between."""

from __future__ import annotations

import base64
import hmac
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import aiohttp

JSON, PROTOBUF, TEXT = "application/json", "application/protobuf", "text/plain; charset=utf-8"
EVERYTHING = {"roomCreate": True, "roomList": True, "roomRecord": True, "ingressAdmin": True}
DENIED = (401, JSON, {"code": "unauthenticated", "msg": "permissions denied"})
NO_ROOM = (
    404,
    JSON,
    {"code": "not_found", "msg": "twirp error unknown: requested room does not exist"},
)
NO_PARTICIPANT = (
    404,
    JSON,
    {"code": "not_found", "msg": "twirp error unknown: participant does not exist"},
)
NOBODY_ANSWERS = (
    503,
    JSON,
    {"code": "unavailable", "msg": "twirp error unknown: no response from servers"},
)
MALFORMED_JSON = (
    400,
    JSON,
    {"code": "malformed", "msg": "the json request could not be decoded"},
)


def admin(room: str, **more: Any) -> dict[str, Any]:
    """A grant for one room and for everything that is not of a room."""
    return {**EVERYTHING, "roomAdmin": True, "room": room, **more}


def part(value: Any) -> str:
    raw = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def jwt(claims: Any, secret: str, algorithm: str = "HS256", digest: str = "sha256") -> str:
    """A token by hand, so that it can be wrong in every way."""
    signed = f"{part({'alg': algorithm, 'typ': 'JWT'})}.{part(claims)}"
    return f"{signed}.{part(hmac.digest(secret.encode(), signed.encode(), digest))}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came back."""

    status: int
    media: str
    body: bytes
    headers: Mapping[str, str]

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def text(self) -> str:
        return self.body.decode()

    @property
    def shown(self) -> tuple[int, str, Any]:
        """For comparison: status, media type, and what was said."""
        return (self.status, self.media, self.json if self.media == JSON else self.text)


@dataclass(slots=True, kw_only=True)
class Wire:
    """A server by its address and key."""

    url: str
    api_key: str
    api_secret: str = field(repr=False)

    @property
    def http(self) -> str:
        return self.url.replace("ws", "http", 1)

    def claims(self, video: Any = None, **more: Any) -> dict[str, Any]:
        """Claims of a good token; ``None`` takes one out."""
        now = int(time.time())
        good = {"iss": self.api_key, "sub": "tester", "nbf": now - 10, "exp": now + 600}
        given = {**good, "video": video, **more}
        return {name: value for name, value in given.items() if value is not None}

    def token(self, video: Any = None, **more: Any) -> str:
        return jwt(self.claims(video, **more), self.api_secret)

    async def send(
        self,
        path: str,
        body: bytes | None = b"{}",
        *,
        method: str = "POST",
        token: str | None = None,
        media: str | None = JSON,
        headers: Mapping[str, str] | None = None,
        query: Mapping[str, str] | None = None,
    ) -> Answer:
        """One request on a connection of its own; redirects are not followed."""
        sent = dict(headers or {})
        if media:
            sent["Content-Type"] = media
        if token is not None:
            sent["Authorization"] = f"Bearer {token}"
        async with (
            aiohttp.ClientSession() as session,
            session.request(
                method,
                self.http + path,
                data=body,
                headers=sent,
                params=query,
                allow_redirects=False,
            ) as answer,
        ):
            return Answer(
                status=answer.status,
                media=answer.headers.get("Content-Type", ""),
                body=await answer.read(),
                headers=answer.headers.copy(),
            )

    async def call(self, method: str, body: Mapping[str, Any], video: Any) -> Answer:
        """An RPC such as ``RoomService/ListRooms``, in JSON, with these grants."""
        path = f"/twirp/livekit.{method}"
        return await self.send(path, json.dumps(body).encode(), token=self.token(video))

    async def room(self, method: str, body: Mapping[str, Any], **grant: Any) -> Answer:
        """An RPC of RoomService with all grants for the room that the body names."""
        return await self.call(f"RoomService/{method}", body, admin(body.get("room", ""), **grant))
