"""Say what the crew can do."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from greenroom.domain.capability import Example, Kind, Means, Request, capability
from greenroom.domain.nouns import CapabilityList
from greenroom.domain.ports import Context


class Capabilities(Request):
    """One mode, or all."""

    mode: Annotated[
        Literal["auth", "room", "track", "recording", "egress", "coordinator"] | None,
        Kind.CHOICE,
        Means("auth", "auth", "with tokens", "about tokens", "token mode"),
        Means("room", "with rooms", "about rooms", "room mode"),
        Means("track", "with tracks", "about tracks", "track mode"),
        Means(
            "recording", "with recordings", "about recordings", "for recordings", "recording mode"
        ),
        Means("egress", "egress", "with streams", "about streams", "for streaming", "egress mode"),
        Means("coordinator", "coordinator"),
        Field(description="Only this mode's; None: all."),
    ] = None


def tell(_request: Capabilities, _before: None, result: CapabilityList) -> str:
    """How many, and examples of each mode."""
    modes: dict[str, str] = {}
    for summary in result.capabilities:
        modes.setdefault(summary.id.partition(".")[0], summary.example)
    tries = "; ".join(f"“{example}”" for example in modes.values())
    broken = f" {len(result.broken)} could not be loaded." if result.broken else ""
    return f"{len(result.capabilities)} capabilities.{broken} Try: {tries}."


@capability(
    effect="read",
    tell=tell,
    positional=("mode",),
    examples=(Example("what can you do?"), Example("what can you do with rooms?", mode="room")),
)
async def capabilities(context: Context, request: Capabilities) -> CapabilityList:
    """The catalogue, in order of id."""
    return context.catalogue.summaries(request.mode)
