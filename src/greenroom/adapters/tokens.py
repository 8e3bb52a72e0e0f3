"""Access tokens: JWT (RFC 7519) in JWS compact form (RFC 7515) with HS256 (RFC 7518 section 3.2)."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NoReturn

from greenroom.domain.errors import ConfigurationError, InvalidRequest
from greenroom.domain.shape import without

if TYPE_CHECKING:
    from jwt import PyJWS
    from jwt.algorithms import Algorithm

ALGORITHM = "HS256"
"""The one algorithm livekit-server accepts. Naming it here, never from the token, ends "alg: none"."""
MASK = "[secret]"
PARTS = ("header", "payload", "signature")
BASE64URL = re.compile(r"[A-Za-z0-9_-]+", re.ASCII)
"""RFC 7515 section 2: the URL-safe alphabet, no padding, no white space."""


class HmacTokens:
    """ports.Tokens with one API key and its secret. The secret appears in no repr and in no message."""

    def __init__(self, api_key: str, api_secret: str) -> None:
        if not api_key or not api_secret or not _is_text(api_key + api_secret):
            # An empty HMAC key verifies anybody's tokens.
            msg = "The API key or the API secret is empty or not text."
            hint = "Give the pair that livekit-server's `keys` holds."
            raise ConfigurationError(msg, code="credentials-incomplete", hint=hint)
        self.api_key = api_key
        self._secret = api_secret
        self._jws: PyJWS | None = None

    @property
    def secret_length(self) -> int:
        """Characters of the API secret; LiveKit wants 32 or more."""
        return len(self._secret)

    def hide(self, text: str) -> str:
        """The text without the API secret."""
        return without(text, self._secret, MASK)

    def mint(self, claims: Mapping[str, Any]) -> str:
        """Sign claims (with sub, nbf, exp and video set by the caller); ``iss`` is added."""
        payload = json.dumps(
            {**claims, "iss": self.api_key}, separators=(",", ":"), allow_nan=False
        )
        return self._engine().encode(payload.encode(), self._secret, ALGORITHM)

    def verify(self, token: str) -> Mapping[str, Any]:
        """Claims of a token signed with this key, its times not judged. Raises InvalidRequest otherwise."""
        header, claims, signature = _read(token)
        _require_hs256(header)
        # The parts are parsed once, by the strict reader; PyJWT's HMAC compares in constant time.
        signed = token.rpartition(".")[0].encode()
        if not self._hmac().verify(signed, self._secret.encode(), signature):
            msg = "The token was not signed with this API key's secret."
            hint = "Sign with the secret that belongs to the API key."
            raise InvalidRequest(msg, hint=hint)
        if claims.get("iss") != self.api_key:
            msg = "The token names another API key as its issuer (iss)."
            hint = f"Use a token that {self.api_key} issued, or the credentials of its issuer."
            raise InvalidRequest(msg, hint=hint)
        return claims

    def decode(self, token: str) -> Mapping[str, Any]:
        """Claims without checking the signature. Raises InvalidRequest when it is no JWT."""
        return _read(token)[1]

    def room_configuration(self, values: Mapping[str, Any]) -> Mapping[str, Any]:
        """The claim ``roomConfig`` in LiveKit's spelling. Raises InvalidRequest for what RoomConfiguration does not have."""
        from google.protobuf.json_format import MessageToDict, ParseDict, ParseError
        from livekit.protocol.room import RoomConfiguration

        try:
            message = ParseDict(dict(values), RoomConfiguration())
        except ParseError as error:
            # protobuf quotes values in its message; the first line names the field.
            named = re.search(r'field(?: named)? "?(\w+)"?', str(error))
            where = f" {named[1]}" if named else ""
            msg = f"LiveKit's room configuration has no field{where} of that name or type."
            known = ", ".join(field.json_name for field in RoomConfiguration.DESCRIPTOR.fields)
            raise InvalidRequest(msg, hint=f"It has {known}.") from None
        return MessageToDict(message)

    def _hmac(self) -> Algorithm:
        return self._engine().get_algorithm_by_name(ALGORITHM)

    def _engine(self) -> PyJWS:
        if self._jws is None:
            self._jws = _make_engine()
        return self._jws


def _is_text(text: str) -> bool:
    """Bytes of an environment that are not UTF-8 arrive as lone surrogates: no key of LiveKit's."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _make_engine() -> PyJWS:
    """PyJWT's signing layer alone. Its upper layer judges times and claims, which is the caller's work."""
    from jwt import PyJWS
    from jwt.algorithms import HMACAlgorithm

    class _Hmac(HMACAlgorithm):
        """HS256 that leaves short secrets to the rule ``secret-length`` instead of warning on stderr."""

        def check_key_length(self, key: Any) -> str | None:
            del key
            return None

    engine = PyJWS(algorithms=[ALGORITHM])
    engine.unregister_algorithm(ALGORITHM)
    engine.register_algorithm(ALGORITHM, _Hmac(HMACAlgorithm.SHA256))
    return engine


def _read(token: str) -> tuple[dict[str, Any], dict[str, Any], bytes]:
    """Header, claims and signature of three well-formed parts (RFC 7519 section 7.2, steps 1 to 10), unverified."""
    if not isinstance(token, str):
        _refuse("The token is not text.")
    parts = token.split(".")
    if len(parts) != len(PARTS):
        _refuse(f"The token has {len(parts)} part(s) instead of three joined by dots.")
    payload, signature = _bytes(parts[1], PARTS[1]), _bytes(parts[2], PARTS[2])
    return _header(parts[0]), _object(payload, "payload"), signature


@lru_cache(maxsize=16)
def _header(text: str) -> dict[str, Any]:
    """The header, which is the same text in most tokens. Not to be changed by callers."""
    return _object(_bytes(text, PARTS[0]), "header")


def _bytes(text: str, name: str) -> bytes:
    import base64
    import binascii

    if BASE64URL.fullmatch(text) is None:
        _refuse(f"The token's {name} is empty or not base64url.")
    try:
        raw = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except binascii.Error:
        _refuse(f"The token's {name} is not base64url.")
    # Stray low bits decode to the same bytes: without this, several texts would be one token.
    if base64.urlsafe_b64encode(raw).rstrip(b"=") != text.encode():
        _refuse(f"The token's {name} is not base64url: it was cut or changed.")
    return raw


def _object(raw: bytes, name: str) -> dict[str, Any]:
    try:
        value = json.loads(
            raw.decode("utf-8"),
            object_pairs_hook=_unique,
            parse_constant=_no_constant,
            parse_float=_finite,
        )
    except (ValueError, RecursionError):
        _refuse(f"The token's {name} is not JSON.")
    if not isinstance(value, dict):
        _refuse(f"The token's {name} is not a JSON object.")
    return value


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """RFC 7519 section 4: a claim named twice has no meaning two readers agree on."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError
    return found


def _no_constant(_name: str) -> NoReturn:
    """NaN and Infinity are Python's, not JSON's (RFC 8259 section 6)."""
    raise ValueError


def _finite(text: str) -> float:
    """``1e999`` is JSON, but no moment in time and no number to calculate with."""
    number = float(text)
    if number in {float("inf"), float("-inf")}:
        raise ValueError
    return number


def _require_hs256(header: Mapping[str, Any]) -> None:
    named = header.get("alg")
    if named != ALGORITHM:
        known = isinstance(named, str) and named in KNOWN_ALGORITHMS
        shown = named if known else "an algorithm of another kind"
        _refuse(f"The token is signed with {shown}; LiveKit accepts {ALGORITHM} alone.")
    # LiveKit's JavaScript SDK writes no "typ", its Go and Python SDKs write "JWT".
    if header.get("typ", "JWT") != "JWT":
        _refuse("The token's header names a type other than JWT.")
    # RFC 7515 section 4.1.11: what is marked critical and not understood must be refused.
    if "crit" in header or "b64" in header:
        _refuse("The token's header asks for extensions that LiveKit does not know.")


KNOWN_ALGORITHMS = frozenset(
    {"none", "None", "NONE", "HS384", "HS512", "EdDSA"}
    | {f"{family}{size}" for family in ("RS", "ES", "PS") for size in (256, 384, 512)}
)
"""Safe to repeat in a message; anything else in ``alg`` is the sender's text."""


def _refuse(message: str) -> NoReturn:
    hint = "Copy the whole token: three base64url parts joined by dots."
    raise InvalidRequest(message, hint=hint) from None
