"""Decode a token, verify it, and say what is wrong with it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any

from pydantic import Field

from greenroom.domain.capability import Example, Kind, Request, Words, capability
from greenroom.domain.errors import InvalidRequest
from greenroom.domain.nouns import Finding, TokenReport
from greenroom.domain.ports import Context, Tokens

LEEWAY = 60
"""Seconds of clock difference that LiveKit forgives."""
SOURCES = {"camera", "microphone", "screen_share", "screen_share_audio"}


class InspectToken(Request):
    """A token as it was handed out."""

    token: Annotated[
        str,
        Kind.JWT,
        Words("token", "jwt"),
        Field(
            min_length=1,
            max_length=65_536,
            description="The token, three parts joined by dots.",
            repr=False,
        ),
    ]


def signature_findings(tokens: Tokens, token: str, claims: Mapping[str, Any]) -> Iterator[Finding]:
    """Who signed it."""
    try:
        tokens.verify(token)
    except InvalidRequest as wrong:
        issuer = claims.get("iss")
        if issuer != tokens.api_key:
            yield Finding(
                severity="error",
                subject="iss",
                message=f"It was issued by API key {issuer or '(none)'}; this server's key is {tokens.api_key}.",
                remedy="Use a token of this server, or configure the key that issued it.",
            )
        else:
            yield Finding(
                severity="error",
                subject="signature",
                message=wrong.message,
                remedy="Sign with the secret that belongs to the API key.",
            )


def time_findings(claims: Mapping[str, Any], now: float) -> Iterator[Finding]:
    """Expired, not yet valid, or without an end."""
    expires, starts = claims.get("exp"), claims.get("nbf")
    if not isinstance(expires, int | float):
        yield Finding(
            severity="error",
            subject="exp",
            message="It has no expiry; LiveKit refuses it.",
            remedy="Create a token with a lifetime.",
        )
    elif expires + LEEWAY < now:
        yield Finding(
            severity="error",
            subject="exp",
            message=f"It expired {round((now - expires) / 60)} minutes ago.",
            remedy="Create a new token; who is inside already stays inside.",
        )
    if isinstance(starts, int | float) and starts - LEEWAY > now:
        yield Finding(
            severity="error",
            subject="nbf",
            message=f"It is valid only in {round((starts - now) / 60)} minutes.",
            remedy="Wait, or set the clock of the machine that made it.",
        )


def grant_findings(claims: Mapping[str, Any]) -> Iterator[Finding]:
    """What the video grant allows, and what people most often get wrong in it."""
    video = claims.get("video")
    if not isinstance(video, Mapping):
        yield Finding(
            severity="error",
            subject="video",
            message="It has no video grant, so it opens nothing.",
            remedy="Create a join token for a room.",
        )
        return
    if "roomName" in video:
        yield Finding(
            severity="error",
            subject="video.roomName",
            message="The room is named in roomName; LiveKit reads room.",
            remedy="Rename the claim to room.",
        )
    if video.get("roomJoin") and not video.get("room"):
        yield Finding(
            severity="error",
            subject="video.room",
            message="It may join but names no room.",
            remedy="Name the room in video.room.",
        )
    if video.get("roomJoin") and not claims.get("sub"):
        yield Finding(
            severity="error",
            subject="sub",
            message="It names no identity.",
            remedy="Name the person in sub.",
        )
    unknown = [str(s) for s in video.get("canPublishSources") or [] if s not in SOURCES]
    if unknown:
        yield Finding(
            severity="error",
            subject="video.canPublishSources",
            message=f"No client sends {', '.join(unknown)}.",
            remedy=f"Sources are {', '.join(sorted(SOURCES))}.",
        )
    if video.get("roomCreate") or video.get("roomList"):
        yield Finding(
            severity="warning",
            subject="video",
            message="It carries rights over all rooms of the server.",
            remedy="Give such a token to servers only, never to a person's client.",
        )


def tell(_request: InspectToken, _before: None, result: TokenReport) -> str:
    """Good, or the first thing to mend."""
    errors = [finding for finding in result.findings if finding.severity == "error"]
    if errors:
        more = f" ({len(errors) - 1} more)" if len(errors) > 1 else ""
        return f"The token does not work: {errors[0].message} {errors[0].remedy}{more}"
    video = result.claims.get("video", {})
    return f"The token is good: {result.claims.get('sub', 'a server')} may join {video.get('room', 'no room')}."


@capability(
    effect="read",
    positional=("token",),
    tell=tell,
    examples=(
        Example(
            "inspect token eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhbGljZSJ9.c2lnbmF0dXJl",
            token="eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhbGljZSJ9.c2lnbmF0dXJl",  # noqa: S106
        ),
    ),
)
async def inspect_token(context: Context, request: InspectToken) -> TokenReport:
    """Claims and findings; the server is not asked. Raises InvalidRequest when it is no JWT. RFC 7519."""
    claims = context.tokens.decode(request.token)
    findings = (
        *signature_findings(context.tokens, request.token, claims),
        *time_findings(claims, context.clock.now()),
        *grant_findings(claims),
    )
    valid = not any(finding.severity == "error" for finding in findings)
    return TokenReport(valid=valid, claims=dict(claims), findings=findings)
