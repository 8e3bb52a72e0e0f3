"""What an exception of livekit-api or aiohttp, or a strange answer, really is: a key of ``errors.FAULTS``."""

from __future__ import annotations

import errno
import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from http import HTTPStatus
from socket import gaierror

from greenroom.adapters.livekit.wire import NotTwirpError

CLOCK_TOLERANCE = 60
"""Seconds that livekit-server forgives between the clocks (protocol auth/verifier.go, leeway 1 min)."""
_TWIRP_ERRORS = frozenset({"ServerError", "TwirpError", "SipCallError"})
"""livekit-api's, by name: importing it only to ask would cost 40 ms."""
_PLAIN_ON_TLS = ("http request to an https server", "plain http request was sent to https port")
"""What Go's net/http and nginx say to plain HTTP on a TLS port."""
_TLS_ALERT = r"\x15\x03"
"""First bytes of a TLS alert record (RFC 8446 section 5.1) as http parsers quote them."""
_NOT_TLS = frozenset(
    {
        "WRONG_VERSION_NUMBER",
        "RECORD_LAYER_FAILURE",
        "PACKET_LENGTH_TOO_LONG",
        "HTTP_REQUEST",
        "UNKNOWN_PROTOCOL",
    }
)
_CERTIFICATE = {
    9: "tls:too-early",
    10: "tls:expired",
    18: "tls:self-signed",
    19: "tls:self-signed",
    62: "tls:wrong-name",
    64: "tls:wrong-name",
}
"""OpenSSL's X509_V_ERR_* (x509_vfy.h); all others mean that no trusted issuer was found."""
_BY_STATUS = {
    401: "proxy:denied",
    403: "proxy:denied",
    404: "proxy:not-found",
    405: "proxy:not-found",
    407: "proxy:denied",
    413: "proxy:too-large",
    429: "proxy:limit",
    502: "proxy:unavailable",
    503: "proxy:unavailable",
    504: "proxy:unavailable",
}
_UNREACHABLE = frozenset(
    {errno.ENETUNREACH, errno.EHOSTUNREACH, errno.ENETDOWN, errno.EHOSTDOWN, errno.EADDRNOTAVAIL}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnosis:
    """A row of the table and what fills its sentence. ``said`` is others' text: redact it."""

    key: str
    said: str = ""
    status: int = 0
    clocks: str = ""


_EGRESS = {
    "egress not connected": "egress:not-connected",
    "egress does not exist": "egress:unknown",
    "cannot be stopped": "egress:over",
    "cannot be updated": "egress:over",
    "cannot be changed": "egress:over",
    "no response from egress service": "egress:no-worker",
}
"""What livekit-server's Egress service says (pkg/service/egress.go, errors.go) → its row, whatever the code is."""


def diagnose(exception: BaseException, now: float | None = None) -> Diagnosis:
    """Find the row. Never raises: what nobody foresaw is ``net:broken`` or ``proxy:garbage``."""
    if isinstance(exception, NotTwirpError):
        return _answer(exception, now)
    if type(exception).__name__ in _TWIRP_ERRORS:
        return _twirp(exception)
    return _transport(exception)


def _twirp(exception: BaseException) -> Diagnosis:
    code = getattr(exception, "code", None)
    status = getattr(exception, "status", 0)
    message = getattr(exception, "message", "")
    said = message.removeprefix("twirp error unknown: ") if isinstance(message, str) else ""
    if code == "unknown" and not message:
        # livekit-api says so when the body had no Twirp error in it: some proxy's JSON.
        return _by_status(status, "")
    if code == "unauthenticated" and said == "permissions denied":
        # livekit-server's ErrPermissionDenied: the token was fine, its grants were not.
        return Diagnosis(key="auth:no-grant", status=status)
    row = next((row for words, row in _EGRESS.items() if words in said), f"twirp:{code}")
    return Diagnosis(key=row, said=said, status=status)


def _answer(answer: NotTwirpError, now: float | None) -> Diagnosis:
    """An answer that is not Twirp: livekit-server's own plain text, or somebody else's."""
    text = answer.text.lower()
    if answer.status == HTTPStatus.UNAUTHORIZED and text.startswith("invalid "):
        return _unauthenticated(answer, text, now)
    if any(phrase in text for phrase in _PLAIN_ON_TLS):
        return Diagnosis(key="tls:server-wants-tls", status=answer.status)
    return _by_status(answer.status, answer.location)


def _unauthenticated(answer: NotTwirpError, text: str, now: float | None) -> Diagnosis:
    """livekit-server pkg/service/auth.go: which of its plain texts is it?"""
    if text.startswith("invalid api key"):
        return Diagnosis(key="auth:unknown-key", status=answer.status)
    if "cryptographic" in text or "signature" in text:
        return Diagnosis(key="auth:wrong-secret", status=answer.status)
    if now is not None and answer.date is not None and abs(answer.date - now) > CLOCK_TOLERANCE:
        return Diagnosis(
            key="auth:clock", status=answer.status, clocks=_compare(ours=now, theirs=answer.date)
        )
    return Diagnosis(key="auth:refused", said=answer.text, status=answer.status)


def _compare(*, ours: float, theirs: float) -> str:
    from datetime import UTC, datetime

    def shown(moment: float) -> str:
        return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")

    ahead = "ours" if ours > theirs else "the server's"
    return (
        f"ours says {shown(ours)}, the server's {shown(theirs)}, "
        f"so {ahead} is {round(abs(ours - theirs))} s ahead"
    )


def _by_status(status: int, location: str) -> Diagnosis:
    if HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.BAD_REQUEST:
        return Diagnosis(key="proxy:redirect", said=location or "nowhere", status=status)
    if status == HTTPStatus.OK:
        return Diagnosis(key="proxy:garbage", status=status)
    return Diagnosis(key=_BY_STATUS.get(status, "proxy:other"), status=status)


def _transport(exception: BaseException) -> Diagnosis:
    """What aiohttp raises carries the system's own in ``os_error`` or as its cause."""
    if isinstance(exception, TimeoutError):
        return Diagnosis(key="net:timeout")
    for fault in _chain(exception):
        found = _tls(fault) if isinstance(fault, ssl.SSLError) else _socket(fault)
        if found is not None:
            return found
    return Diagnosis(key=_by_kind(exception))


def _tls(fault: ssl.SSLError) -> Diagnosis:
    if isinstance(fault, ssl.SSLCertVerificationError):
        verdict = getattr(fault, "verify_code", 0)
        return Diagnosis(key=_CERTIFICATE.get(verdict, "tls:untrusted"))
    reason = getattr(fault, "reason", None) or ""
    return Diagnosis(key="tls:server-is-plain" if reason in _NOT_TLS else "tls:other", said=reason)


def _socket(fault: BaseException) -> Diagnosis | None:
    if isinstance(fault, gaierror):
        return Diagnosis(key="net:dns")
    if isinstance(fault, ConnectionRefusedError):
        return Diagnosis(key="net:refused")
    if isinstance(fault, OSError) and fault.errno in _UNREACHABLE:
        return Diagnosis(key="net:unreachable")
    return None


def _chain(exception: BaseException) -> Iterator[BaseException]:
    """The exception and what it stands for.

    The inner one first: aiohttp's are SSLErrors too, but without OpenSSL's reason and verdict.
    """
    seen: set[int] = set()
    current: BaseException | None = exception
    while current is not None and id(current) not in seen:
        seen.add(id(current))
        for name in ("certificate_error", "os_error"):
            inner = getattr(current, name, None)
            if isinstance(inner, BaseException):
                yield inner
        yield current
        current = current.__cause__


def _by_kind(exception: BaseException) -> str:
    import aiohttp

    if isinstance(exception, aiohttp.InvalidURL | UnicodeError):
        return "net:url"
    if isinstance(exception, aiohttp.ClientResponseError):
        # The parser of HTTP gave up. Its text quotes the bytes it got.
        return "tls:server-wants-tls" if _TLS_ALERT in str(exception.message) else "net:not-http"
    if isinstance(exception, aiohttp.ClientError | OSError):
        return "net:broken"
    return "proxy:garbage"
