"""Verify the configuration and the connection to LiveKit."""

from __future__ import annotations

from greenroom.domain.capability import Example, Request, capability
from greenroom.domain.nouns import Finding, Verification
from greenroom.domain.ports import Context

SECRET_LENGTH = 32
CLOCK_TOLERANCE = 60
SAID = {"environment": "LIVEKIT_*"}
"""Sources of the server whose own name says too little."""


class Verify(Request):
    """Nothing to say."""


def tell(_request: Verify, _before: None, result: Verification) -> str:
    """One sentence of good news, and the first doubt."""
    doubtful = [finding for finding in result.findings if finding.severity == "warning"]
    good = f"All is well: {result.url} answers and accepts API key {result.api_key}."
    return f"{good} But: {doubtful[0].message} {doubtful[0].remedy}" if doubtful else good


async def connection_findings(context: Context) -> list[Finding]:
    """Reachability, credentials and clock, by one authenticated call and one look at the server's clock.

    Raises what the server, or the way to it, says: that is the first thing to mend.
    """
    rooms = await context.rooms.list_rooms()
    found = [
        Finding(
            severity="ok",
            subject="connection",
            message=f"The server answers; {len(rooms)} {'room' if len(rooms) == 1 else 'rooms'}.",
        ),
        Finding(severity="ok", subject="credentials", message="API key and secret are accepted."),
    ]
    theirs = await context.probe.server_time()
    if theirs is not None and abs(theirs - context.clock.now()) > CLOCK_TOLERANCE / 2:
        apart = round(abs(theirs - context.clock.now()))
        found.append(
            Finding(
                severity="warning",
                subject="clock-skew",
                message=f"This machine's clock and the server's are {apart} s apart.",
                remedy="Synchronise both with NTP: tokens fail at 60 s.",
            )
        )
    return found


@capability(
    effect="read",
    grant="roomList",
    tell=tell,
    rules=("secure-transport",),
    examples=(Example("Please verify my LiveKit configuration"),),
)
async def verify(context: Context, request: Verify) -> Verification:
    """URL, reachability, credentials, clock, strength of the secret, settings. Raises invalid-config. LiveKit: RoomService.ListRooms."""
    del request
    target = context.target
    findings = await connection_findings(context)
    if context.tokens.secret_length < SECRET_LENGTH:
        findings.append(
            Finding(
                severity="warning",
                subject="secret-length",
                message=f"The API secret is shorter than {SECRET_LENGTH} characters.",
                remedy="Generate a longer one: short secrets can be guessed.",
            )
        )
    findings += [
        Finding(severity="warning", subject="configuration", message=warning)
        for warning in context.settings.warnings
    ]
    findings.append(
        Finding(
            severity="ok",
            subject="source",
            message=f"Server and key come from: {SAID.get(target.source, target.source)}.",
        )
    )
    return Verification(url=target.url, api_key=target.api_key, findings=tuple(findings))
