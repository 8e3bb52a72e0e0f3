"""List streams and exports: those that run, and those that ended."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from greenroom.domain.capability import Example, Kind, Means, Request, Words, capability
from greenroom.domain.egress import EgressInfo, EgressList
from greenroom.domain.ports import Context
from greenroom.modes._egresses import results, what_it_is

FEW = 8


class ListEgresses(Request):
    """LiveKit: ListEgressRequest."""

    room: Annotated[
        str,
        Kind.ROOM,
        Words("room", "of", "in", "from", "for"),
        Field(max_length=256, description='Only of this room; "": of all.'),
    ] = ""
    active: Annotated[
        bool,
        Means(
            True, "active", "running", "live", "on air", "under way", "going on", "right now", "now",
            "current", "currently", "at the moment", "just now", "still", "atm", "rn", "this minute",
            "at this moment", "in this moment", "up", "streaming now", "we streaming",
        ),
        Field(description="Only those that have not ended."),
    ] = False  # fmt: skip


def tell(request: ListEgresses, _before: None, result: EgressList) -> str:
    """How many, and each while they are few."""
    where = f" in {request.room}" if request.room else ""
    if not result.egresses:
        return f"Nothing {'is' if request.active else 'was'} streamed or exported{where}."
    said = [one_in_words(one) for one in result.egresses[:FEW]]
    more = len(result.egresses) - FEW
    return "; ".join(said) + (f" and {more} more" if more > 0 else "") + "."


def one_in_words(info: EgressInfo) -> str:
    """``EG_1: stream of stage to rtmp://…/{abc...xyz}, active``."""
    goes = f", {results(info)}" if info.results else ""
    return f"{info.egress_id}: {what_it_is(info)} of {info.whom}{goes}, {info.status}"


@capability(
    effect="read",
    grant="roomRecord",
    positional=("room",),
    tell=tell,
    examples=(
        Example("which streams are running?", active=True),
        Example("list the streams of lobby", room="lobby"),
    ),
)
async def list_egresses(context: Context, request: ListEgresses) -> EgressList:
    """The newest first, recordings among them: they are egresses, too. Raises egress-missing. LiveKit: ListEgress."""
    found = await context.egress.list_egress(request.room, active=request.active)
    return EgressList(egresses=found, service=await context.egress.service())
