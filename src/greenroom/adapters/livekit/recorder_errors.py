"""The table of errors in the words of Greenroom's recorder: it speaks LiveKit's API and is not LiveKit."""

from __future__ import annotations

from collections.abc import Mapping

from greenroom.adapters.livekit.errors import FAULTS, Fault
from greenroom.domain.errors import PreconditionFailed

_START = "Start it: greenroom up, or greenroom recorder; or mend egress.url."
_KEYS = "Start the recorder with the API key and secret that are used here."
_LOG = "Look into the recorder's log; if it stays, report it with the plan's id."

RECORDER_FAULTS: Mapping[str, Fault] = {
    **FAULTS,
    "twirp:invalid_argument": Fault(
        "invalid-for-server",
        "Greenroom's recorder refuses a value: {said}.",
        "Mend the value that the message names, then ask again.",
    ),
    "twirp:not_found": Fault(
        "not-found",
        "Greenroom's recorder does not find it: {said}.",
        "List what exists, then use its exact name. A room begins with its first participant.",
        error=PreconditionFailed,
    ),
    "twirp:failed_precondition": Fault(
        "failed-precondition",
        "The recording is not in a state that allows this: {said}.",
        "Look at how it stands, then ask again.",
        error=PreconditionFailed,
    ),
    "twirp:resource_exhausted": Fault(
        "resource-exhausted",
        "Greenroom's recorder has no room for it: {said}.",
        "Stop a recording that is not needed, ask for a smaller picture, or for sound only.",
        retryable=True,
    ),
    "twirp:unimplemented": Fault(
        "unimplemented",
        "{said}.",
        "Run LiveKit's Egress for that, and set egress.service to livekit.",
    ),
    "twirp:bad_route": Fault(
        "unimplemented",
        "What answers at {server} does not know this call: {said}.",
        "It belongs to Greenroom's recorder: update it, or mend egress.url and egress.service.",
    ),
    "twirp:internal": Fault("server-error", "Greenroom's recorder failed inside: {said}.", _LOG),
    "twirp:unknown": Fault("server-error", "Greenroom's recorder failed: {said}.", _LOG),
    "twirp:unavailable": Fault(
        "unavailable",
        "Greenroom's recorder cannot do it just now: {said}.",
        "Look whether the LiveKit server that it records is up, then ask again.",
        retryable=True,
    ),
    "auth:unknown-key": Fault(
        "unauthenticated", "The recorder at {server} does not know this API key.", _KEYS
    ),
    "auth:wrong-secret": Fault(
        "unauthenticated",
        "The recorder at {server} knows the API key, but the API secret does not belong to it.",
        _KEYS,
    ),
    "auth:refused": Fault(
        "unauthenticated", "The recorder at {server} refuses our token: {said}.", _KEYS
    ),
    "net:dns": Fault(
        "name-resolution-failed",
        "The host name of the recorder, {server}, has no address.",
        "Check the spelling of egress.url, then this machine's DNS.",
    ),
    "net:refused": Fault(
        "connection-refused", "No recorder listens at {server}.", _START, retryable=True
    ),
    "net:broken": Fault(
        "connection-failed",
        "The connection to the recorder at {server} broke before an answer came.",
        "List what is recorded before you repeat a change: it may have happened.",
        retryable=True,
    ),
    "net:timeout": Fault(
        "timeout",
        "The recorder at {server} did not answer in time.",
        "List what is recorded before you repeat a change: it may have happened.",
        retryable=True,
    ),
    "proxy:not-found": Fault(
        "not-livekit", "There is no recorder at this path of {server}.", "Mend egress.url."
    ),
    "proxy:other": Fault(
        "not-livekit",
        "What answers at {server} is no recorder (status {status}).",
        "Mend egress.url.",
    ),
}
