"""Access tokens, checked as livekit-server checks them. livekit-server pkg/service/auth.go, protocol auth/.

Like livekit-server 1.11.0 this accepts HS256, HS384 and HS512 (go-jose's symmetric keys), and tokens
without ``exp``. It gives the same texts, the echoed token included.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from greenroom.local.twirp.refusals import denied

LEEWAY = 60
"""Seconds that clocks may differ (go-jose jwt.DefaultLeeway)."""
DIGESTS = {"HS256": "sha256", "HS384": "sha384", "HS512": "sha512"}
BEARER = "Bearer "
_LARGEST = 2**63
_TIMES = ("exp", "nbf", "iat")
_VIDEO = {
    **dict.fromkeys(
        (
            "roomCreate",
            "roomList",
            "roomRecord",
            "roomAdmin",
            "roomJoin",
            "canPublish",
            "canSubscribe",
            "canPublishData",
            "canUpdateOwnMetadata",
            "ingressAdmin",
            "hidden",
            "recorder",
            "agent",
            "canSubscribeMetrics",
        ),
        "bool",
    ),
    "room": "string",
    "destinationRoom": "string",
    "canPublishSources": "[]string",
}
_CLAIMS: dict[str, Any] = {
    "name": "string",
    "kind": "string",
    "kindDetails": "[]string",
    "video": ("auth.VideoGrant", _VIDEO),
    "sip": ("auth.SIPGrant", {"admin": "bool", "call": "bool"}),
    "roomPreset": "string",
    "sha256": "string",
    "metadata": "string",
    "attributes": "map[string]string",
}
"""Go's types of auth.ClaimGrants, as its JSON decoder names them."""


class BadToken(Exception):
    """The words that livekit-server answers with status 401, in plain text."""


@dataclass(frozen=True, slots=True)
class Claims:
    """What a token says. ``values`` are its claims as they are."""

    api_key: str
    identity: str
    values: Mapping[str, Any]

    @property
    def video(self) -> Mapping[str, Any]:
        """The video grant, empty when there is none."""
        return self.values.get("video") or {}

    @property
    def has_video(self) -> bool:
        """Whether there is a video grant at all."""
        return self.values.get("video") is not None


NOBODY = Claims("", "", {})
"""A request without a token: it gets as far as its first check of grants."""


def read_token(authorization: str, parameter: str, keys: Mapping[str, str], now: float) -> Claims:
    """Claims of the header, else of the ``access_token`` parameter, else ``NOBODY``. Raises BadToken."""
    if authorization:
        if not authorization.startswith(BEARER):
            raise BadToken(f"invalid authorization header. Must start with {BEARER}")
        token = authorization.removeprefix(BEARER)
    else:
        token = parameter
    return verify(token, keys, now) if token else NOBODY


def verify(token: str, keys: Mapping[str, str], now: float) -> Claims:
    """Signature, times and shape. Raises BadToken with livekit-server's words."""
    signed, header, values, signature = _parts(token)
    api_key = values.get("iss") or ""
    secret = keys.get(api_key)
    if not secret:
        raise BadToken(f"invalid API key: {api_key}")
    problem = _signature_problem(signed, header, secret, signature)
    problem = problem or _shape_problem(values, _CLAIMS) or _time_problem(values, now)
    if problem:
        raise BadToken(f"invalid token: {token}, error: {problem}")
    return Claims(api_key, values.get("sub") or values.get("jti") or "", values)


def _parts(token: str) -> tuple[str, Mapping[str, Any], Mapping[str, Any], bytes]:
    try:
        first, second, third = token.split(".")
        header, values = json.loads(_decode(first)), json.loads(_decode(second))
        signature = _decode(third)
    except (ValueError, RecursionError):
        raise BadToken("invalid authorization token") from None
    registered = [values.get(name) for name in ("iss", "sub", "jti")] if _is_object(values) else [0]
    moments = [values.get(name) for name in _TIMES] if _is_object(values) else []
    if (
        not _is_object(header)
        or not all(isinstance(value, str | None) for value in registered)
        or not all(_is_number(value) for value in moments)
    ):
        raise BadToken("invalid authorization token")
    return f"{first}.{second}", header, values, signature


def _decode(part: str) -> bytes:
    try:
        return base64.b64decode(part + "=" * (-len(part) % 4), altchars=b"-_", validate=True)
    except binascii.Error as error:
        raise ValueError from error


def _is_object(value: Any) -> bool:
    return isinstance(value, dict)


def _is_number(value: Any) -> bool:
    return value is None or (isinstance(value, int | float) and not isinstance(value, bool))


def _signature_problem(
    signed: str, header: Mapping[str, Any], secret: str, signature: bytes
) -> str | None:
    digest = DIGESTS.get(str(header.get("alg")))
    if digest and hmac.compare_digest(
        hmac.digest(secret.encode(), signed.encode(), digest), signature
    ):
        return None
    return "go-jose/go-jose: error in cryptographic primitive"


def _time_problem(values: Mapping[str, Any], now: float) -> str | None:
    expires, starts, issued = (_moment(values.get(name)) for name in _TIMES)
    if starts is not None and now + LEEWAY < starts:
        return "go-jose/go-jose/jwt: validation failed, token not valid yet (nbf)"
    if expires is not None and now - LEEWAY > expires:
        return "go-jose/go-jose/jwt: validation failed, token is expired (exp)"
    if issued is not None and now + LEEWAY < issued:
        return "go-jose/go-jose/jwt: validation field, token issued in the future (iat)"
    return None


def _moment(value: float | None) -> int | None:
    """Go turns what does not fit 64 bits into the distant past."""
    if value is None:
        return None
    return int(value) if abs(value) < _LARGEST else -_LARGEST


def _shape_problem(values: Mapping[str, Any], shapes: Mapping[str, Any]) -> str | None:
    for name, value in values.items():
        problem = _mismatch(value, shapes.get(name))
        if problem:
            return problem
    return None


def _mismatch(value: Any, shape: Any) -> str | None:
    """As Go's encoding/json words it; null fits everything."""
    if value is None or shape is None:
        return None
    if isinstance(shape, tuple):
        name, fields = shape
        return _shape_problem(value, fields) if _is_object(value) else _wrong(value, name)
    if shape == "[]string" and isinstance(value, list):
        return next((_wrong(one, "string") for one in value if not isinstance(one, str)), None)
    if shape == "map[string]string" and isinstance(value, dict):
        return next(
            (_wrong(one, "string") for one in value.values() if not isinstance(one, str)), None
        )
    fits = {"bool": bool, "string": str}.get(shape)
    return None if fits and isinstance(value, fits) else _wrong(value, shape)


def _wrong(value: Any, shape: str) -> str:
    kinds = {str: "string", bool: "bool", list: "array", dict: "object"}
    return (
        f"json: cannot unmarshal {kinds.get(type(value), 'number')} into Go value of type {shape}"
    )


def grant_problem(video: Any) -> str | None:
    """What is wrong with the types of a video grant, in Go's words; None when nothing is."""
    return _mismatch(video, _CLAIMS["video"])


def require(claims: Claims, grant: str) -> None:
    """A grant that holds for the whole server, such as ``roomCreate``. Raises Refusal."""
    if not claims.video.get(grant):
        raise denied()


def require_admin(claims: Claims, room: str) -> None:
    """``roomAdmin`` for exactly this room. Raises Refusal."""
    if not claims.video.get("roomAdmin") or (claims.video.get("room") or "") != room:
        raise denied()


def require_destination(claims: Claims, room: str, destination: str) -> None:
    """``roomAdmin`` for a room and ``destinationRoom`` for another. Raises Refusal."""
    require_admin(claims, room)
    if (claims.video.get("destinationRoom") or "") != destination:
        raise denied()
