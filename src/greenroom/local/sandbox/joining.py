"""May this token join? livekit-server pkg/service/utils.go, ValidateConnectRequest; rtcservice.go."""

from __future__ import annotations

import base64
import binascii
import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from google.protobuf.message import DecodeError
from livekit.protocol import models
from livekit.protocol import room as proto

from greenroom.local.sandbox.people import Person
from greenroom.local.sandbox.rpcs import LONGEST_NAME, too_long
from greenroom.local.sandbox.world import World
from greenroom.local.twirp.refusals import Refusal
from greenroom.local.twirp.tokens import BadToken, Claims, verify

UNAUTHORIZED = 401
LARGEST_JOIN_REQUEST = 2**20
"""Bytes, unpacked (Go's http.DefaultMaxHeaderBytes)."""


class JoinRefused(Exception):
    """The status and the plain text that livekit-server answers."""

    def __init__(self, status: int, words: str) -> None:
        super().__init__(words)
        self.status = status
        self.words = words


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a client adds to its token."""

    publish: str = ""
    metadata: str = ""
    attributes: Mapping[str, str] | None = None


def read_wish(parameters: Mapping[str, str], claims: Claims, *, needs_request: bool) -> Wish:
    """Read a client's query. Raises JoinRefused."""
    if not claims.has_video:
        raise JoinRefused(401, "no permissions to access the room")
    wrapped = parameters.get("join_request", "")
    if wrapped:
        return _unwrap(wrapped)
    if needs_request:
        raise JoinRefused(400, "join_request is required")
    given = parameters.get("attributes")
    return Wish(
        publish=parameters.get("publish", ""), attributes=_attributes(given) if given else None
    )


def _attributes(text: str) -> dict[str, str] | None:
    try:
        given = json.loads(_bytes(text))
        texts = given is None or all(isinstance(value, str) for value in given.values())
    except (ValueError, AttributeError, RecursionError):
        texts = False
    if not texts:
        raise JoinRefused(400, "cannot decode attributes")
    return cast("dict[str, str] | None", given)


def _bytes(text: str) -> bytes:
    """Go's base64.URLEncoding: with padding, nothing else allowed."""
    try:
        return base64.b64decode(text, altchars=b"-_", validate=True)
    except binascii.Error as error:
        raise ValueError from error


def _unwrap(wrapped: str) -> Wish:
    from livekit.protocol import rtc

    outer, request = rtc.WrappedJoinRequest(), rtc.JoinRequest()
    try:
        raw = _bytes(wrapped)
    except ValueError:
        raise JoinRefused(400, "cannot base64 decode wrapped join request") from None
    try:
        outer.ParseFromString(raw)
    except DecodeError:
        raise JoinRefused(400, "cannot unmarshal wrapped join request") from None
    packed = outer.compression == rtc.WrappedJoinRequest.GZIP
    inner = _unpack(outer.join_request) if packed else outer.join_request
    if len(inner) > LARGEST_JOIN_REQUEST:
        raise JoinRefused(400, "join request too large")
    try:
        request.ParseFromString(inner)
    except DecodeError:
        raise JoinRefused(400, "cannot unmarshal join request") from None
    return Wish(metadata=request.metadata, attributes=dict(request.participant_attributes))


def _unpack(raw: bytes) -> bytes:
    unpacker = zlib.decompressobj(wbits=31)
    try:
        return unpacker.decompress(raw, LARGEST_JOIN_REQUEST + 1)
    except zlib.error:
        raise JoinRefused(400, "cannot read decompressed join request") from None


def check_join(claims: Claims, wish: Wish) -> str:
    """The room that the token leads to. Raises JoinRefused."""
    video = claims.video
    if not claims.has_video:
        raise JoinRefused(401, "no permissions to access the room")
    if not video.get("roomJoin"):
        raise JoinRefused(401, "permissions denied")
    if not claims.identity:
        raise JoinRefused(400, "identity cannot be empty")
    if too_long(claims.identity):
        words = f"participant identity length exceeds limits: max length {LONGEST_NAME}"
        raise JoinRefused(400, words)
    room: str = video.get("room") or ""
    if not room:
        raise JoinRefused(400, "no room name")
    if too_long(room):
        raise JoinRefused(400, f"room name length exceeds limits: max length {LONGEST_NAME}")
    forbidden = wish.publish and video.get("canPublish") is False
    own = wish.metadata or wish.attributes
    if forbidden or (own and not video.get("canUpdateOwnMetadata")):
        raise JoinRefused(401, "no permissions to access the room")
    return room


def join_with(world: World, token: str, keys: Mapping[str, str]) -> Person:
    """Let the bearer of a join token in, with all that the token says, checked as ``/rtc`` does.

    Raises Refusal: unauthenticated for a bad token and one that may not join, invalid_argument for one
    without identity or room, and what ``World.join`` raises.
    """
    try:
        claims = verify(token, keys, world.now())
        room = check_join(claims, Wish())
    except BadToken as bad:
        raise Refusal("unauthenticated", str(bad)) from None
    except JoinRefused as refused:
        code = "unauthenticated" if refused.status == UNAUTHORIZED else "invalid_argument"
        raise Refusal(code, refused.words) from None
    values = claims.values
    return world.join(
        room,
        claims.identity,
        name=values.get("name") or "",
        metadata=values.get("metadata") or "",
        attributes=values.get("attributes"),
        kind=_kind(values.get("kind")),
        grant=claims.video,
        request=_room_request(room, values.get("roomConfig")),
    )


def _kind(word: str | None) -> str:
    """livekit-server takes a word that it does not know for "standard"."""
    known = models.ParticipantInfo.Kind.keys()
    return word if word and word.upper() in known else "standard"


def _room_request(room: str, configuration: Any) -> proto.CreateRoomRequest:
    """SetRoomConfiguration: the parts of a token's roomConfig that CreateRoom has too."""
    from google.protobuf.json_format import ParseDict, ParseError

    request = proto.CreateRoomRequest(name=room)
    if configuration is None:
        return request
    try:
        wanted = ParseDict(configuration, proto.RoomConfiguration())
    except (ParseError, TypeError, AttributeError) as error:
        raise Refusal("invalid_argument", f"roomConfig cannot be read: {error}") from None
    request.empty_timeout = wanted.empty_timeout
    request.departure_timeout = wanted.departure_timeout
    request.max_participants = wanted.max_participants
    request.metadata = wanted.metadata
    request.agents.extend(wanted.agents)
    request.egress.CopyFrom(wanted.egress)
    return request
