"""Another layout for a recording or stream that runs: found with the one it has, changed, said and taken back."""

from __future__ import annotations

from dataclasses import replace
from typing import Protocol

from greenroom.domain.egress import EgressInfo, Layout, layout_now
from greenroom.domain.plan import Call
from greenroom.domain.ports import Context
from greenroom.modes._egresses import Wanted, the_egress


class Relayout(Protocol):
    """What a request says."""

    @property
    def layout(self) -> Layout:
        """From now on."""
        ...


async def as_shown(context: Context, named: str, wanted: Wanted) -> EgressInfo:
    """The one that runs, with the layout that holds now. Raises not-found, several-fit, failed-precondition."""
    info = await the_egress(context, named, wanted=wanted)
    inside = await context.rooms.list_participants(info.room) if info.room else ()
    return replace(info, layout=layout_now(info, inside))


def former(capability: str, argument: str, request: Relayout, before: EgressInfo) -> Call | None:
    """The former layout, if it is known, was another, and nobody chose one since."""
    if not before.layout or before.layout == request.layout:
        return None
    return Call(
        capability=capability,
        arguments={argument: before.egress_id, "layout": before.layout},
        expects={"layout": request.layout},
    )


def told(what: str, request: Relayout, before: EgressInfo) -> str:
    """Changed, or as it was. ``what``: recording, stream …"""
    said = f"The {what} of {before.whom} ({before.egress_id}) shows people as {request.layout}"
    if before.layout == request.layout:
        return f"{said} already; nothing was changed."
    return f"{said} from now on."


async def show_as(context: Context, request: Relayout) -> EgressInfo:
    """In the same file or stream; one that shows people so already is left alone. LiveKit: UpdateLayout."""
    before: EgressInfo = context.before
    if before.layout == request.layout:
        return before
    return await context.egress.set_layout(before.egress_id, request.layout)
