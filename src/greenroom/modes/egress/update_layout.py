"""Change how a stream or export that runs shows people."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from greenroom.domain.capability import Example, Request, capability
from greenroom.domain.egress import EgressInfo
from greenroom.domain.plan import Call
from greenroom.domain.ports import Context
from greenroom.modes._egresses import what_it_is
from greenroom.modes._layouts import ChosenLayout
from greenroom.modes._relayout import as_shown, former, show_as, told
from greenroom.modes.egress._fields import OneEgress


class UpdateLayout(Request):
    """LiveKit: UpdateLayoutRequest."""

    egress: OneEgress
    layout: Annotated[ChosenLayout, Field(description="How people are shown from now on.")]


async def the_one(context: Context, request: UpdateLayout) -> EgressInfo:
    """As it runs, with its layout. Raises not-found, several-fit, failed-precondition."""
    return await as_shown(context, request.egress, "any")


def put_back(request: UpdateLayout, before: EgressInfo, _result: EgressInfo) -> Call | None:
    """The former layout."""
    return former("egress.update_layout", "egress", request, before)


def tell(request: UpdateLayout, before: EgressInfo, _result: EgressInfo) -> str:
    """Changed, or as it was."""
    return told(what_it_is(before), request, before)


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
    return await show_as(context, request)
