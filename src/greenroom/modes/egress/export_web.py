"""Record a web page into a file."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from greenroom.domain.capability import Example, Kind, Means, Request, Words, capability
from greenroom.domain.egress import EgressInfo, EgressSource
from greenroom.domain.ports import Context
from greenroom.modes._starting import asked_for, recorded_into, start, stop_again, told
from greenroom.modes.egress._fields import FilePath


class ExportWeb(Request):
    """LiveKit: WebEgressRequest."""

    url: Annotated[
        str,
        Kind.URL,
        Words("url", "page", "web page", "site", "website", "address"),
        Field(pattern=r"^https?://\S+$", max_length=2048, description="The page, http or https."),
    ]
    format: Annotated[
        Literal["mp4", "webm"],
        Kind.CHOICE,
        Words("format", "as"),
        Means("mp4", "mp4", "an mp4", "mp4 file"),
        Means("webm", "webm", "a webm", "webm file"),
        Field(description="Kind of file."),
    ] = "mp4"
    path: FilePath = ""


async def who_does_it(context: Context, _request: ExportWeb) -> str:
    """The service, "livekit" or "greenroom". Raises egress-missing."""
    return await context.egress.service()


def tell(request: ExportWeb, _before: str, result: EgressInfo) -> str:
    """What is recorded, into which file."""
    del request
    return told("The recording", result)


@capability(
    effect="write",
    grant="roomRecord",
    positional=("url",),
    rules=(
        "secure-transport",
        "egress-enabled",
        "web-page-opens",
        "web-page-public",
        "export-storage-named",
        "egress-runs",
    ),
    before=who_does_it,
    undo=stop_again,
    tell=tell,
    examples=(
        Example("record the web page https://example.com/board", url="https://example.com/board"),
    ),
)
async def export_web(context: Context, request: ExportWeb) -> EgressInfo:
    """Begin, and wait until it runs. Needs LiveKit's own Egress, which has a browser. LiveKit: StartWebEgress."""
    page = EgressSource(kind="web", url=request.url)
    output = recorded_into(request.format, request.path or "web-{time}")
    return await start(context, asked_for(context, "egress", "", page, output))
