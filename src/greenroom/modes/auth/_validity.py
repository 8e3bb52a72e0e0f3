"""Whether a server lets a token in at all: who signed it, when it holds, and what it must not carry. RFC 7519."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from greenroom.domain.access import LONG_LIFE
from greenroom.domain.errors import InvalidRequest
from greenroom.domain.nouns import Finding
from greenroom.domain.ports import Tokens
from greenroom.modes.auth._explained import error, ok, warning
from greenroom.modes.auth._lifetime import about
from greenroom.rules._secrets_inside import secrets_in

LEEWAY = 60
"""Seconds of clock difference that LiveKit forgives."""
MILLISECONDS = 10**11
"""A time of a token beyond this, the year 5138, was not meant in seconds."""
IN_SECONDS = "Divide it by 1,000: RFC 7519 counts seconds."


def signature_findings(tokens: Tokens, token: str, claims: Mapping[str, Any]) -> Iterator[Finding]:
    """Who signed it."""
    issuer = claims.get("iss")
    try:
        tokens.verify(token)
    except InvalidRequest as wrong:
        if not issuer:
            yield error(
                "iss",
                "It does not say which API key issued it.",
                "Write the API key into the claim iss.",
            )
        elif issuer != tokens.api_key:
            yield error(
                "iss",
                f"It was issued by API key {issuer}, which is not known here; the key in use is {tokens.api_key}.",
                "Use a token of this server, or look with the credentials of the server that it is for (--env, --url).",
            )
        else:
            yield error(
                "signature", wrong.message, "Sign with the secret that belongs to the API key."
            )
    else:
        yield ok("signature", f"Signed by API key {issuer}.")


def time_findings(claims: Mapping[str, Any], now: float) -> Iterator[Finding]:
    """Expired, not yet valid, without an end, or with a very late one."""
    expires, starts = claims.get("exp"), claims.get("nbf")
    begin = starts if isinstance(starts, int | float) else now
    if not isinstance(expires, int | float):
        yield warning(
            "exp",
            "It has no expiry: some servers refuse it, the others accept it for ever.",
            "Create a token with a lifetime.",
        )
    elif expires > MILLISECONDS:
        yield warning(
            "exp",
            "It lives for thousands of years: exp counts milliseconds, as Date.now() of JavaScript does.",
            IN_SECONDS,
        )
    elif expires + LEEWAY < now:
        yield error(
            "exp",
            f"It expired {about(now - expires)} ago.",
            "Create a new token; who is inside already stays inside.",
        )
    elif expires - begin > LONG_LIFE:
        yield warning(
            "exp",
            f"It lives for {about(expires - begin)}, and cannot be called back when it leaks.",
            "Make tokens that last for hours, and a new one for each join.",
        )
    else:
        yield ok("exp", f"Opens the room for another {about(max(expires - now, 0))}.")
    if isinstance(starts, int | float) and starts > MILLISECONDS:
        yield error(
            "nbf", "It is valid in thousands of years: nbf counts milliseconds.", IN_SECONDS
        )
    elif isinstance(starts, int | float) and starts - LEEWAY > now:
        yield error(
            "nbf",
            f"It is valid only in {about(starts - now)}.",
            "Wait, or set the clock of the machine that made it.",
        )


def secret_findings(claims: Mapping[str, Any]) -> Iterator[Finding]:
    """Secrets that its holder can read. The secret itself is never repeated."""
    for path, what in secrets_in({k: v for k, v in claims.items() if k != "video"}):
        yield error(
            path,
            f"It holds {what}, and whoever has the token can read it.",
            "Make a new token without it, and replace that secret: it is known.",
        )
