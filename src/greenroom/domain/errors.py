"""Every error Greenroom raises on purpose.

GreenroomError
├── InvalidRequest       the words or arguments cannot be used as they are
├── NotUnderstood        the planner found no capability it may act on
├── ConfigurationError   server, credentials or home folder are missing or unusable
├── ServerError          LiveKit, or what stands between us and it, said no
├── JournalError         what must be written down cannot be
├── ApprovalError        an approval is unknown, used, expired or no longer fits
├── PreconditionFailed   the world changed, or the thing is not there
├── Interrupted          somebody stopped it on the way; what was made until then is kept
└── CheckFailed          the server agreed, but what was asked for is not true
"""

from __future__ import annotations

from typing import Any

CODES: dict[str, str] = {
    "usage": "The command line cannot be read: something is unknown, missing or of another form.",
    "empty-request": "The request has no words in it.",
    "request-too-long": "The request is longer than the planner reads.",
    "request-not-text": "The request holds bytes or control characters that are not text.",
    "invalid-argument": "An argument has the wrong type or is out of range.",
    "unknown-capability": "No capability has that name.",
    "broken-capability": "The file of that capability could not be loaded.",
    "invalid-reference": "A step refers to a result that does not exist or does not fit.",
    "invalid-waiver": "A waiver names no rule of the plan, gives no reason, or names a check that cannot be waived.",
    "not-understood": "No capability fits the words closely enough to act on.",
    "out-of-scope": "The request is about something that no capability does.",
    "not-a-command": "The words forbid, report or ask about the past; nothing was done.",
    "too-many-steps": "The request holds more steps than one plan may have.",
    "no-server": "No LiveKit server is configured.",
    "credentials-incomplete": "URL, API key and API secret were not all given by one source.",
    "invalid-url": "The server's URL cannot be used.",
    "invalid-config": "A file with settings cannot be understood, or a setting has a value that it cannot have.",
    "unknown-setting": "No setting has that name.",
    "unknown-environment": "There is no such environment.",
    "config-unreadable": "A file with settings is there and cannot be read.",
    "lk-projects-unusable": "The projects of LiveKit's command line, lk, cannot be used: a warning.",
    "config-not-writable": "A file with settings cannot be written.",
    "secret-in-clear": "A secret stands in a file with settings, instead of a reference to it.",
    "secret-unresolved": "A reference to a secret leads nowhere.",
    "file-not-writable": "A file that was asked for cannot be written.",
    "home-not-writable": "Greenroom's home folder cannot be written.",
    "livekit-server-missing": "livekit-server is not installed and cannot be built here.",
    "livekit-server-failed": "livekit-server did not start.",
    "egress-missing": "Nothing that records or streams is connected to the server.",
    "recorder-missing": "Packages that recording needs are not installed.",
    "recorder-failed": "The recorder of this machine did not start.",
    "still-recording": "A recording runs, which this would end.",
    "sandbox-failed": "The sandbox did not start, or cannot use its state file.",
    "already-running": "A local server of this home runs already.",
    "daemon-not-running": "No local server of this home is up.",
    "supervisor-failed": "The process that watches over the local server did not start or stop.",
    "port-taken": "A port that the local server needs is taken.",
    "address-unusable": "Nothing can listen at the address or port.",
    "home-of-another": "The home folder belongs to another account.",
    "socket-path-too-long": "The home's path is too long for a socket.",
    "control-failed": "The control socket of the local server cannot be made.",
    "local-state-damaged": "A file about the local server cannot be read.",
    "rotation-open": "Two keys are valid already: the last rotation was not finished.",
    "rotation-not-open": "There is no old key to end.",
    "name-resolution-failed": "The server's host name has no address.",
    "connection-refused": "Nothing listens at the server's address.",
    "connection-failed": "The connection broke before an answer came.",
    "tls-failed": "The secure connection could not be made.",
    "timeout": "The server did not answer in time.",
    "not-livekit": "Something answered, but it is not LiveKit.",
    "unauthenticated": "The server does not accept the API key or secret.",
    "clock-skew": "This machine's clock and the server's differ too much.",
    "permission-denied": "The credentials lack a right.",
    "not-found": "The room, participant or entry does not exist.",
    "already-exists": "Something of that name exists already.",
    "several-fit": "Several recordings or streams fit: name one by its id.",
    "invalid-for-server": "The server refuses a value.",
    "resource-exhausted": "The server is at a limit.",
    "failed-precondition": "The server is not in a state that allows this.",
    "remote-unmute-off": "The server lets nobody unmute somebody else.",
    "unavailable": "The server cannot serve requests just now.",
    "unimplemented": "This server cannot do that.",
    "canceled": "The call was cancelled before it ended.",
    "server-error": "The server failed inside.",
    "journal-not-writable": "The journal cannot be written, so nothing that changes the server is run.",
    "disk-full": "A disk is full.",
    "approval-unknown": "No approval waits under that id.",
    "approval-used": "The approval was used already.",
    "approval-expired": "The approval has expired.",
    "approval-changed": "The stored plan no longer matches its hash.",
    "nothing-to-undo": "The journal holds nothing that can be undone.",
    "cannot-undo": "That step cannot be undone.",
    "changed-since": "Somebody changed it since; undoing would destroy their work.",
    "not-as-asked": "The server agreed, but a second look shows something else.",
    "blocked": "A rule forbids it.",
    "interrupted": "The process was stopped before the plan ended.",
    "internal": "A fault in Greenroom itself.",
}
"""Stable code → what it means. The reference page and the exit-code table are held against it."""


class GreenroomError(Exception):
    """What happened (message), what to do next (hint), and a code that scripts can trust."""

    default_code = "internal"
    made: Any = None
    """A part of the result that is there and can be used all the same."""

    def __init__(
        self,
        message: str,
        *,
        code: str | None = None,
        hint: str = "",
        retryable: bool = False,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.code = code or self.default_code
        self.hint = hint
        self.retryable = retryable
        if self.code not in CODES:
            msg = f"error code {self.code!r} is not in domain.errors.CODES"
            raise AssertionError(msg)

    def as_dict(self) -> dict[str, Any]:
        """``{code, message, hint, retryable}``, the envelope's ``error``."""
        return {
            "code": self.code,
            "message": self.message,
            "hint": self.hint,
            "retryable": self.retryable,
        }


class InvalidRequest(GreenroomError):
    """The words or arguments cannot be used as they are."""

    default_code = "invalid-argument"


class NotUnderstood(GreenroomError):
    """The planner found no capability it may act on."""

    default_code = "not-understood"


class ConfigurationError(GreenroomError):
    """Server, credentials or home folder are missing or unusable."""

    default_code = "no-server"


class ServerError(GreenroomError):
    """LiveKit, or what stands between us and it, said no."""

    default_code = "server-error"


class JournalError(GreenroomError):
    """What must be written down cannot be."""

    default_code = "journal-not-writable"


class ApprovalError(GreenroomError):
    """An approval is unknown, used, expired or no longer fits."""

    default_code = "approval-unknown"


class PreconditionFailed(GreenroomError):
    """The world changed, or the thing is not there."""

    default_code = "not-found"


class Interrupted(GreenroomError):
    """Somebody stopped it on the way; ``made`` is the part of the result that was finished."""

    default_code = "interrupted"

    def __init__(self, message: str, *, made: Any, hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.made = made


class CheckFailed(GreenroomError):
    """The server agreed, but what was asked for is not true."""

    default_code = "not-as-asked"
