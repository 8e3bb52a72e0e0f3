"""The one table of what LiveKit's API, and what stands between us and it, can answer."""

from __future__ import annotations

import asyncio
import re
import socket
import ssl
from dataclasses import dataclass
from urllib.parse import urlsplit

from greenroom.domain.errors import (
    ConfigurationError,
    GreenroomError,
    InvalidRequest,
    PreconditionFailed,
    ServerError,
)

JWT = re.compile(r"\beyJ[\w-]*(\.[\w-]*){0,2}")
CREDENTIALS = "Check LIVEKIT_URL, LIVEKIT_API_KEY and LIVEKIT_API_SECRET; `greenroom verify` looks at all three."


@dataclass(frozen=True, slots=True)
class Row:
    """A vendor's code → our error class, code, sentence (``{doing}``, ``{url}``, ``{said}``) and hint."""

    kind: type[GreenroomError]
    code: str
    sentence: str
    hint: str
    retryable: bool = False


TWIRP: dict[str, Row] = {
    "canceled": Row(ServerError, "canceled", "{doing} was cancelled.", "Try again.", True),
    "unknown": Row(ServerError, "server-error", "The server failed: {said}.", "Look at the server's log."),
    "invalid_argument": Row(InvalidRequest, "invalid-for-server", "The server refuses a value: {said}.", "Change that value."),
    "malformed": Row(ServerError, "not-livekit", "The server could not read the request: {said}.", "Is {url} a LiveKit server of a version that knows this call?"),
    "deadline_exceeded": Row(ServerError, "timeout", "The server gave up waiting: {said}.", "Try again; look at the server's load.", True),
    "not_found": Row(PreconditionFailed, "not-found", "It is not there: {said}.", "`greenroom room list` shows the rooms there are."),
    "bad_route": Row(ServerError, "unimplemented", "The server at {url} does not know this call.", "Check the URL's path, and the server's version."),
    "already_exists": Row(PreconditionFailed, "already-exists", "It exists already: {said}.", "Choose another name."),
    "permission_denied": Row(ConfigurationError, "permission-denied", "The server does not allow it: {said}.", "Use an API key with the right for this call."),
    "unauthenticated": Row(ConfigurationError, "unauthenticated", "The server at {url} does not accept the API key or secret.", CREDENTIALS),
    "resource_exhausted": Row(ServerError, "resource-exhausted", "The server is at a limit: {said}.", "Wait, or raise the limit in its configuration.", True),
    "failed_precondition": Row(PreconditionFailed, "failed-precondition", "The server cannot do that just now: {said}.", "Look at the state of the room first."),
    "aborted": Row(ServerError, "unavailable", "The server broke off: {said}.", "Try again.", True),
    "out_of_range": Row(InvalidRequest, "invalid-for-server", "A value is out of range: {said}.", "Change that value."),
    "unimplemented": Row(ServerError, "unimplemented", "This server cannot do that: {said}.", "It may need a newer server, or LiveKit Cloud."),
    "internal": Row(ServerError, "server-error", "The server failed inside: {said}.", "Look at the server's log."),
    "unavailable": Row(ServerError, "unavailable", "The server is not available: {said}.", "Try again in a moment.", True),
    "dataloss": Row(ServerError, "server-error", "The server lost data: {said}.", "Look at the server's log."),
}  # fmt: skip
"""Every code of the Twirp specification."""

TRANSPORT: dict[str, Row] = {
    "dns": Row(ServerError, "name-resolution-failed", "The host {host} has no address.", "Check LIVEKIT_URL for a typing slip, and this machine's DNS.", True),
    "refused": Row(ServerError, "connection-refused", "Nothing listens at {url}.", "Is the LiveKit server running, and is the port right?", True),
    "certificate": Row(ServerError, "tls-failed", "The certificate of {host} is not trusted: {said}.", "Use a certificate of a known authority whose name is the host's, and check its dates."),
    "tls": Row(ServerError, "tls-failed", "No secure connection to {host} could be made: {said}.", "Does that port speak TLS? Otherwise the URL begins with ws:// or http://."),
    "timeout": Row(ServerError, "timeout", "The server at {url} did not answer in time.", "Look at the server's load and the network; --timeout waits longer.", True),
    "broken": Row(ServerError, "connection-failed", "The connection to {url} broke: {said}.", "Try again; a proxy or a restart may be the cause.", True),
    "not-livekit": Row(ServerError, "not-livekit", "What answers at {url} is not LiveKit ({said}).", "A proxy or another program may be in the way: check host, port and path."),
}  # fmt: skip


def redacted(text: str) -> str:
    """The server's words without tokens (livekit-server echoes them), on one line."""
    return " ".join(JWT.sub("***", text).split())[:300]


# livekit-api gives code "unknown" and no message for answers that are not Twirp's JSON.
def _row(exception: BaseException) -> tuple[Row, str]:
    """The table's row for an exception, and what was said."""
    from aiohttp import client_exceptions as http
    from google.protobuf.message import DecodeError
    from livekit.api import TwirpError

    said = redacted(str(exception))
    if isinstance(exception, TwirpError):
        message = redacted(exception.message).removeprefix("twirp error unknown: ")
        if exception.code in TWIRP and (message or exception.code != "unknown"):
            return TWIRP[exception.code], message
        return TRANSPORT["not-livekit"], f"HTTP {exception.status}"
    if isinstance(exception, http.ClientConnectorCertificateError):
        return TRANSPORT["certificate"], redacted(str(exception.certificate_error))
    if isinstance(exception, ssl.SSLCertVerificationError):
        return TRANSPORT["certificate"], said
    if isinstance(exception, http.ClientSSLError | ssl.SSLError):
        return TRANSPORT["tls"], said
    if isinstance(exception, http.ClientConnectorDNSError | socket.gaierror):
        return TRANSPORT["dns"], said
    if isinstance(exception, http.ClientConnectorError | ConnectionRefusedError):
        return TRANSPORT["refused"], said
    if isinstance(exception, asyncio.TimeoutError | TimeoutError):
        return TRANSPORT["timeout"], said
    if isinstance(exception, http.ContentTypeError):
        return TRANSPORT["not-livekit"], f"HTTP {exception.status}"
    if isinstance(exception, DecodeError | ValueError):
        return TRANSPORT["not-livekit"], "its answer is no protocol buffer"
    return TRANSPORT["broken"], said or type(exception).__name__


def translate(exception: BaseException, *, doing: str, url: str) -> GreenroomError:
    """Our error for a vendor's. Never shows a token or a secret."""
    row, said = _row(exception)
    host = urlsplit(url).hostname or url
    words = {"doing": doing, "url": url, "host": host, "said": said.rstrip(".")}
    return row.kind(
        row.sentence.format(**words),
        code=row.code,
        hint=row.hint.format(**words),
        retryable=row.retryable,
    )


def refused_credentials(said: str, url: str, ours: float, theirs: float | None) -> GreenroomError:
    """Why a server says unauthenticated: clock, unknown key, or wrong secret."""
    if theirs is not None and abs(theirs - ours) > 60:
        ahead = "ahead of" if ours > theirs else "behind"
        msg = f"This machine's clock is {abs(round(ours - theirs))} s {ahead} that of {url}."
        hint = "Synchronise both with NTP: tokens are refused from 60 s on."
        return ConfigurationError(msg, code="clock-skew", hint=hint)
    if "invalid API key" in said:
        msg = f"The server at {url} does not know this API key."
        return ConfigurationError(msg, code="unauthenticated", hint=CREDENTIALS)
    msg = f"The server at {url} knows the API key, but the secret is another."
    if "signature" not in said and "error in cryptographic primitive" not in said:
        msg = f"The server at {url} does not accept the API key or secret."
    return ConfigurationError(msg, code="unauthenticated", hint=CREDENTIALS)
