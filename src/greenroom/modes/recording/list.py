"""List recordings, the newest first."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from greenroom.domain.capability import Example, Kind, Means, Request, Words, capability
from greenroom.domain.egress import EgressInfo, EgressList
from greenroom.domain.ports import Context
from greenroom.modes._egresses import fits

FEW = 8


class ListRecordings(Request):
    """LiveKit: ListEgressRequest."""

    room: Annotated[
        str,
        Kind.ROOM,
        Words("room", "in", "of", "from", "for"),
        Field(max_length=256, description="Only those of this room, which may be closed by now."),
    ] = ""
    active: Annotated[
        bool,
        Means(
            True,
            "active",
            "running",
            "in progress",
            "under way",
            "being recorded",
            "recording now",
            "ongoing",
            "live",
            "right now",
            "currently",
            "at the moment",
            "at this moment",
            "in this moment",
            "this minute",
            "rolling",
            "atm",
            "rn",
            "we are recording",
            "are we recording",
        ),
        Field(description="Only those that have not ended."),
    ] = False


def line(info: EgressInfo) -> str:
    """``lobby (EG_1, active)``."""
    deleted = ", files deleted" if info.files_deleted else ""
    return f"{info.whom} ({info.egress_id}, {info.status}{deleted})"


def tell(request: ListRecordings, _before: None, result: EgressList) -> str:
    """How many, and the newest of them."""
    count = len(result.egresses)
    of = f" of {request.room}" if request.room else ""
    if not count:
        none = "Nothing is being recorded" if request.active else "There are no recordings"
        return f"{none}{f' in {request.room}' if request.room else ''}."
    shown = ", ".join(map(line, result.egresses[:FEW]))
    more = f" and {count - FEW} more" if count > FEW else ""
    under_way = " under way" if request.active else ""
    return f"{count} recording{'s' if count > 1 else ''}{of}{under_way}: {shown}{more}."


@capability(
    effect="read",
    grant="roomRecord",
    positional=("room",),
    tell=tell,
    examples=(
        Example("what is being recorded?", active=True),
        Example("list the recordings of standup", room="standup"),
    ),
)
async def list_recordings(context: Context, request: ListRecordings) -> EgressList:
    """Those whose results are files or segments, the newest first. LiveKit: Egress.ListEgress."""
    found = await context.egress.list_egress(request.room, active=request.active)
    kept = tuple(info for info in found if fits(info, "recordings"))
    return EgressList(egresses=kept, service=await context.egress.service())
