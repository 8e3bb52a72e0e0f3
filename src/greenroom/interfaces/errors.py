"""The one table: error code → exit code of the command line."""

from __future__ import annotations

FAILED, USAGE, NEEDS_APPROVAL, NEEDS_INPUT, CONFIGURATION, BLOCKED = 1, 2, 3, 4, 5, 6
STOPPED = 130
"""What shells say of a program that Ctrl-C ended."""

EXIT_BY_STATUS = {
    "done": 0,
    "planned": 0,
    "needs_approval": NEEDS_APPROVAL,
    "needs_input": NEEDS_INPUT,
    "blocked": BLOCKED,
    "failed": FAILED,
}
EXIT_BY_CODE = {
    "interrupted": STOPPED,
    **dict.fromkeys(
        (
            "usage",
            "empty-request",
            "request-too-long",
            "request-not-text",
            "invalid-argument",
            "unknown-capability",
            "invalid-reference",
            "invalid-waiver",
            "too-many-steps",
            "unknown-setting",
        ),
        USAGE,
    ),
    **dict.fromkeys(
        (
            "no-server",
            "credentials-incomplete",
            "invalid-url",
            "invalid-config",
            "unknown-environment",
            "config-unreadable",
            "config-not-writable",
            "secret-in-clear",
            "secret-unresolved",
            "home-not-writable",
            "livekit-server-missing",
            "livekit-server-failed",
            "sandbox-failed",
            "egress-missing",
            "recorder-missing",
            "recorder-failed",
            "already-running",
            "daemon-not-running",
            "supervisor-failed",
            "port-taken",
            "address-unusable",
            "home-of-another",
            "socket-path-too-long",
            "control-failed",
            "local-state-damaged",
            "unauthenticated",
            "permission-denied",
            "clock-skew",
        ),
        CONFIGURATION,
    ),
}
"""Codes that are more than plain failure; every other one exits with 1."""


def exit_code(status: str, code: str | None) -> int:
    """Exit code of an outcome with this status and error code."""
    if status == "failed" and code is not None:
        return EXIT_BY_CODE.get(code, FAILED)
    return EXIT_BY_STATUS[status]
