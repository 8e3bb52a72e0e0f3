"""The one table of everything LiveKit, a proxy or the network can answer, as Greenroom errors.

Keys are ``twirp:CODE`` (Twirp specification v7, "Error Codes"), ``livekit:…`` (where livekit-server
means something of its own by such a code), ``auth:…`` (livekit-server's middleware, which answers in
plain text and not in Twirp), ``net:…``, ``tls:…`` and ``proxy:…``.
``diagnosis`` finds the key; nothing else in Greenroom knows LiveKit's or aiohttp's exceptions.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from greenroom.adapters.livekit.diagnosis import diagnose
from greenroom.adapters.livekit.wire import origin_of, tidy
from greenroom.domain.errors import (
    ConfigurationError,
    GreenroomError,
    PreconditionFailed,
    ServerError,
)


@dataclass(frozen=True, slots=True)
class Fault:
    """One row: ``sentence`` may name {server} and {said}, ``hint`` says what to do next."""

    code: str
    sentence: str
    hint: str
    retryable: bool = False
    error: type[GreenroomError] = ServerError


_VALUE = "Mend the value that the message names, then ask again."
_REPORT = "Look into livekit-server's log; if it stays, report it with the plan's id."
_LATER = "Wait a moment and ask again."
_LOOK_FIRST = "Look at the rooms before you repeat a change: it may have happened."
_KEYS = (
    "Compare LIVEKIT_API_KEY and LIVEKIT_API_SECRET with `keys` in livekit-server's configuration."
)
_URL = "Check LIVEKIT_URL: host, port and path must lead to livekit-server."
_CLOCKS = "Synchronise both clocks with NTP: LiveKit refuses tokens that are 60 s off."
_TRUST = "Trust the certificate's issuer (SSL_CERT_FILE=ca.pem), or give the server a public one."
_PROXY = "Look into the log of the proxy or load balancer before LiveKit."
_RECORD_HERE = (
    "Let Greenroom's recorder do it: greenroom up runs it on this machine, greenroom recorder beside another server. "
    "Or run LiveKit's Egress, which needs Redis."
)

FAULTS: dict[str, Fault] = {
    "twirp:canceled": Fault(
        "canceled", "LiveKit says that the call was cancelled.", _LOOK_FIRST, retryable=True
    ),
    "twirp:unknown": Fault("server-error", "LiveKit failed: {said}.", _REPORT),
    "twirp:invalid_argument": Fault(
        "invalid-for-server", "LiveKit refuses a value: {said}.", _VALUE
    ),
    "twirp:malformed": Fault(
        "invalid-for-server",
        "LiveKit could not read the request: {said}.",
        "Something between here and LiveKit changes requests, or their versions do not fit.",
    ),
    "twirp:deadline_exceeded": Fault(
        "timeout", "LiveKit ran out of time: {said}.", _LOOK_FIRST, retryable=True
    ),
    "twirp:not_found": Fault(
        "not-found",
        "LiveKit does not find it: {said}.",
        "List what exists, then use its exact name.",
        error=PreconditionFailed,
    ),
    "twirp:bad_route": Fault(
        "unimplemented",
        "A Twirp server answers at {server}, but it does not know this call: {said}.",
        "Check LIVEKIT_URL, or update livekit-server.",
    ),
    "egress:not-connected": Fault(
        "egress-missing",
        "This livekit-server has no Egress service: it is not connected to Redis.",
        _RECORD_HERE,
        error=ConfigurationError,
    ),
    "egress:unknown": Fault(
        "not-found",
        "There is no recording, stream or export with that id.",
        "List them, then use the id.",
        error=PreconditionFailed,
    ),
    "egress:over": Fault(
        "failed-precondition",
        "It has ended, or is about to: {said}.",
        "Look at how it stands; start another one if need be.",
        error=PreconditionFailed,
    ),
    "egress:no-worker": Fault(
        "unavailable",
        "LiveKit's Egress has no free worker: nobody took the request.",
        "Start LiveKit's Egress beside its Redis, stop a recording that is not needed, or let Greenroom's recorder do it: "
        "set egress.service to greenroom.",
        retryable=True,
    ),
    "twirp:already_exists": Fault(
        "already-exists", "LiveKit says it exists already: {said}.", "Choose another name."
    ),
    "twirp:permission_denied": Fault(
        "permission-denied", "LiveKit denies the right: {said}.", "Use an API key that has it."
    ),
    "twirp:unauthenticated": Fault(
        "unauthenticated", "LiveKit does not accept the credentials: {said}.", _KEYS
    ),
    "twirp:resource_exhausted": Fault(
        "resource-exhausted",
        "LiveKit is at a limit: {said}.",
        "Wait, close what is not needed, or raise the limit in livekit-server's configuration.",
        retryable=True,
    ),
    "twirp:failed_precondition": Fault(
        "failed-precondition",
        "LiveKit is not in a state that allows this: {said}.",
        "Look at the room first, then ask again.",
    ),
    "livekit:remote-unmute": Fault(
        "remote-unmute-off",
        "This server lets nobody unmute somebody else.",
        "Ask the person to unmute themselves; or set `room.enable_remote_unmute: true` in livekit-server's "
        "configuration and start it again.",
        error=PreconditionFailed,
    ),
    "twirp:aborted": Fault(
        "failed-precondition",
        "Somebody else's change came in between: {said}.",
        "Look at what is there now, then ask again.",
        retryable=True,
    ),
    "twirp:out_of_range": Fault("invalid-for-server", "A value is out of range: {said}.", _VALUE),
    "twirp:unimplemented": Fault(
        "unimplemented", "This LiveKit cannot do that: {said}.", "Update livekit-server."
    ),
    "twirp:internal": Fault("server-error", "LiveKit failed inside: {said}.", _REPORT),
    "twirp:unavailable": Fault(
        "unavailable", "LiveKit cannot serve requests just now: {said}.", _LATER, retryable=True
    ),
    "twirp:dataloss": Fault("server-error", "LiveKit lost data: {said}.", _REPORT),
    "twirp:other": Fault(
        "server-error", "LiveKit failed with a code that Twirp does not have: {said}.", _REPORT
    ),
    "auth:unknown-key": Fault(
        "unauthenticated", "The server at {server} does not know this API key.", _KEYS
    ),
    "auth:wrong-secret": Fault(
        "unauthenticated",
        "The server at {server} knows the API key, but the API secret does not belong to it.",
        _KEYS,
    ),
    "auth:clock": Fault(
        "clock-skew",
        "The server at {server} refuses our token because the clocks differ: {clocks}.",
        _CLOCKS,
    ),
    "auth:refused": Fault(
        "unauthenticated", "The server at {server} refuses our token: {said}.", _KEYS
    ),
    "auth:no-grant": Fault(
        "permission-denied",
        "LiveKit denies the right for this call.",
        "Use an API key whose tokens this server accepts for room administration.",
    ),
    "net:dns": Fault(
        "name-resolution-failed",
        "The host name of {server} has no address.",
        "Check the spelling of LIVEKIT_URL, then this machine's DNS.",
    ),
    "net:refused": Fault(
        "connection-refused",
        "Nothing listens at {server}.",
        "Start livekit-server, or check host and port of LIVEKIT_URL.",
        retryable=True,
    ),
    "net:unreachable": Fault(
        "connection-failed",
        "There is no way to {server}.",
        "Check network, VPN and firewall.",
        retryable=True,
    ),
    "net:broken": Fault(
        "connection-failed",
        "The connection to {server} broke before an answer came.",
        f"Check port and scheme of LIVEKIT_URL: a TLS port needs wss://. {_LOOK_FIRST}",
        retryable=True,
    ),
    "net:timeout": Fault(
        "timeout",
        "The server at {server} did not answer in time.",
        f"Check that it is alive and that no firewall swallows packets. {_LOOK_FIRST}",
        retryable=True,
    ),
    "net:not-http": Fault(
        "not-livekit",
        "What listens at {server} does not speak HTTP.",
        f"{_URL} It is 7880 by default.",
    ),
    "net:url": Fault(
        "invalid-url",
        "The server's URL cannot be used.",
        "It looks like wss://livekit.example.com, or ws://localhost:7880.",
        error=ConfigurationError,
    ),
    "tls:untrusted": Fault(
        "tls-failed", "Nobody this machine trusts signed the certificate of {server}.", _TRUST
    ),
    "tls:self-signed": Fault(
        "tls-failed", "The certificate of {server} is self-signed, so it proves nothing.", _TRUST
    ),
    "tls:wrong-name": Fault(
        "tls-failed",
        "The certificate of {server} is for another host name.",
        "Use the name in the certificate in LIVEKIT_URL, or give the server one for this name.",
    ),
    "tls:expired": Fault(
        "tls-failed",
        "The certificate of {server} has expired.",
        "Renew it. If it is new, check this machine's clock.",
    ),
    "tls:too-early": Fault(
        "tls-failed", "The certificate of {server} is not valid yet.", "Check this machine's clock."
    ),
    "tls:server-is-plain": Fault(
        "tls-failed",
        "The port at {server} does not speak TLS.",
        "Use ws:// or http:// for this port, or the port where the TLS proxy listens.",
    ),
    "tls:server-wants-tls": Fault(
        "tls-failed",
        "The port at {server} speaks only TLS, and the URL says plain HTTP.",
        "Use wss:// or https:// for this port.",
    ),
    "tls:other": Fault(
        "tls-failed",
        "The secure connection to {server} failed: {said}.",
        "Compare the TLS versions and ciphers of both sides.",
    ),
    "proxy:redirect": Fault(
        "not-livekit",
        "The server at {server} sends us elsewhere ({said}); LiveKit never does.",
        "Put the URL it points to into LIVEKIT_URL. We follow no redirect with a token in hand.",
    ),
    "proxy:not-found": Fault(
        "not-livekit",
        "There is no LiveKit API at this path of {server}.",
        "Remove the path from LIVEKIT_URL (no /rtc, no /twirp), or mend the proxy's route.",
    ),
    "proxy:denied": Fault(
        "not-livekit",
        "Something before LiveKit at {server} denies access (status {status}).",
        "Let the proxy or firewall pass /twirp with its Authorization header untouched.",
    ),
    "proxy:limit": Fault(
        "resource-exhausted", "A proxy before LiveKit limits our requests.", _LATER, retryable=True
    ),
    "proxy:too-large": Fault(
        "invalid-for-server",
        "A proxy before LiveKit finds the request too large.",
        "Send less metadata, or raise the proxy's limit.",
    ),
    "proxy:unavailable": Fault(
        "unavailable",
        "A proxy answers at {server}, but it cannot reach LiveKit (status {status}).",
        f"Check that livekit-server runs. {_PROXY} {_LOOK_FIRST}",
        retryable=True,
    ),
    "proxy:other": Fault(
        "not-livekit",
        "What answers at {server} is not LiveKit (status {status}).",
        f"{_URL} {_PROXY}",
    ),
    "proxy:garbage": Fault(
        "not-livekit", "What answers at {server} is not in LiveKit's language.", f"{_URL} {_PROXY}"
    ),
}
"""Every fault there is. Tests hold its twirp rows against livekit-api's constants."""


def error_of(key: str, *, doing: str, faults: Mapping[str, Fault] = FAULTS) -> GreenroomError:
    """The error of a row whose sentence names nothing."""
    fault = faults[key]
    message = f"While {doing}: {fault.sentence}"
    return fault.error(message, code=fault.code, hint=fault.hint, retryable=fault.retryable)


def translate(
    exception: BaseException,
    *,
    doing: str,
    url: str,
    now: float | None = None,
    hide: Callable[[str], str] = str,
    faults: Mapping[str, Fault] = FAULTS,
    changes: bool = True,
) -> GreenroomError:
    """The Greenroom error for what a call raised. Holds no token and no secret, whatever was said.

    ``doing`` is a gerund ("creating the room"); ``now`` lets clocks be compared; ``hide`` takes
    the API secret out of text; ``faults`` is the table, in the words of the program that answers. A call that
    ``changes`` nothing cannot have happened half, so nobody is sent to look.
    """
    if isinstance(exception, GreenroomError):
        return exception
    found = diagnose(exception, now)
    fault = faults.get(found.key, faults["twirp:other"])
    sentence = fault.sentence.format(
        server=origin_of(url),
        said=tidy(hide(found.said)).rstrip(".") or "no reason given",
        status=found.status,
        clocks=found.clocks,
    )
    message = hide(f"While {doing}: {sentence}")
    hint = fault.hint if changes else fault.hint.removesuffix(_LOOK_FIRST).strip()
    return fault.error(message, code=fault.code, hint=hint, retryable=fault.retryable)
