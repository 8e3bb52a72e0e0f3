"""Change how a stream or export that runs shows people."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from greenroom.domain.capability import Example, Request, capability
from greenroom.domain.egress import EgressInfo
from greenroom.domain.plan import Call
from greenroom.domain.ports import Context
from greenroom.modes._egresses import subject, the_egress, what_it_is
from greenroom.modes._layouts import ChosenLayout
from greenroom.modes.egress._fields import OneEgress


class UpdateLayout(Request):
    """LiveKit: UpdateLayoutRequest."""

    egress: OneEgress
    layout: Annotated[ChosenLayout, Field(description="How people are shown from now on.")]


async def the_one(context: Context, request: UpdateLayout) -> EgressInfo:
    """What runs. Raises not-found, several-fit, failed-precondition."""
    return await the_egress(context, request.egress, wanted="any", active=True)


def put_back(request: UpdateLayout, before: EgressInfo, _result: EgressInfo) -> Call | None:
    """The former layout, if it is known, was another, and nobody chose one since."""
    if not before.layout or before.layout == request.layout:
        return None
    return Call(
        capability="egress.update_layout",
        arguments={"egress": before.egress_id, "layout": before.layout},
        expects={"layout": request.layout},
    )


def tell(request: UpdateLayout, before: EgressInfo, _result: EgressInfo) -> str:
    """Changed, or as it was."""
    what = f"The {what_it_is(before)} of {subject(before)} ({before.egress_id})"
    if before.layout == request.layout:
        return f"{what} shows people as {request.layout} already; nothing was changed."
    return f"{what} shows people as {request.layout} from now on."


@capability(
    effect="write",
    grant="roomRecord",
    positional=("egress", "layout"),
    rules=("secure-transport", "egress-has-layout", "egress-layout-as-asked"),
    before=the_one,
    undo=put_back,
    tell=tell,
    examples=(
        Example(
            "switch the stream of stage to single-speaker",
            egress="stage",
            layout="single-speaker",
        ),
    ),
)
async def update_layout(context: Context, request: UpdateLayout) -> EgressInfo:
    """From now on, in the same stream or file. Raises not-found, several-fit. LiveKit: UpdateLayout."""
    before: EgressInfo = context.before
    if before.layout == request.layout:
        return before
    return await context.egress.set_layout(before.egress_id, request.layout)
