"""Decode a token, verify it, and say what is wrong with it."""

from __future__ import annotations

from typing import Annotated

from pydantic import BeforeValidator, Field

from greenroom.domain.access import TokenReport
from greenroom.domain.capability import Example, Kind, Request, Words, capability
from greenroom.domain.ports import Context
from greenroom.modes.auth._explained import grant_findings
from greenroom.modes.auth._validity import secret_findings, signature_findings, time_findings
from greenroom.modes.auth._wanted import Wanted, wanted_finding
from greenroom.modes.auth._wishes import SAID, means


def bare(token: object) -> object:
    """A token as people copy it: with the word of the header Authorization, in quotation marks, with a line's end."""
    if not isinstance(token, str):
        return token
    return token.strip().removeprefix("Bearer ").removeprefix("bearer ").strip(" \t\r\n\"'")


class InspectToken(Request):
    """A token as it was handed out, and what its holder wants to do with it."""

    token: Annotated[
        str,
        BeforeValidator(bare),
        Kind.JWT,
        Words("token", "jwt"),
        Field(
            min_length=1,
            max_length=65_536,
            description="The token, three parts joined by dots.",
            repr=False,
        ),
    ]
    want: Annotated[
        Wanted | None,
        Kind.CHOICE,
        *map(means, SAID),
        Field(description="What its holder wants to do and perhaps cannot."),
    ] = None


def tell(_request: InspectToken, _before: None, result: TokenReport) -> str:
    """Good, or the first thing to mend; then what was wanted."""
    wished = [finding for finding in result.findings if finding.subject.startswith("want.")]
    errors = [f for f in result.findings if f.severity == "error" and f not in wished]
    if not result.valid:
        more = f" ({len(errors) - 1} more)" if len(errors) > 1 else ""
        return f"The token does not work: {errors[0].message} {errors[0].remedy}{more}"
    if wished:
        return " ".join(f"{finding.message} {finding.remedy}".strip() for finding in wished)
    video = result.claims.get("video", {})
    good = f"The token is good: {result.claims.get('sub', 'a server')} may join {video.get('room', 'no room')}."
    doubts = [finding for finding in result.findings if finding.severity == "warning"]
    return f"{good} But: {doubts[0].message} {doubts[0].remedy}" if doubts else good


@capability(
    effect="read",
    positional=("token",),
    tell=tell,
    examples=(
        Example(
            "inspect token eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhbGljZSJ9.c2lnbmF0dXJl",
            token="eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhbGljZSJ9.c2lnbmF0dXJl",  # noqa: S106
        ),
        Example(
            "why can't he share his screen? eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhbGljZSJ9.c2lnbmF0dXJl",
            token="eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhbGljZSJ9.c2lnbmF0dXJl",  # noqa: S106
            want="screen_share",
        ),
    ),
)
async def inspect_token(context: Context, request: InspectToken) -> TokenReport:
    """Claims, each explained, and findings; the server is not asked. Raises InvalidRequest when it is no JWT. RFC 7519."""
    claims = context.tokens.decode(request.token)
    found = (
        *signature_findings(context.tokens, request.token, claims),
        *time_findings(claims, context.clock.now()),
        *secret_findings(claims),
        *grant_findings(claims),
    )
    valid = not any(finding.severity == "error" for finding in found)
    wished = (wanted_finding(request.want, claims, context.settings),) if request.want else ()
    order = {"error": 0, "warning": 1, "ok": 2}
    findings = sorted(found, key=lambda finding: order[finding.severity])
    return TokenReport(valid=valid, claims=dict(claims), findings=(*wished, *findings))
