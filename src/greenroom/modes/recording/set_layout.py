"""Change how a recording that runs shows people."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from greenroom.domain.capability import Example, Request, capability
from greenroom.domain.egress import EgressInfo
from greenroom.domain.plan import Call
from greenroom.domain.ports import Context
from greenroom.modes._egresses import subject, the_egress, with_layout
from greenroom.modes._layouts import ChosenLayout
from greenroom.modes.recording._fields import Recording


class SetLayout(Request):
    """LiveKit: UpdateLayoutRequest."""

    recording: Recording
    layout: Annotated[ChosenLayout, Field(description="How people are shown from now on.")]


async def the_recording(context: Context, request: SetLayout) -> EgressInfo:
    """The recording as it runs. Raises not-found, several-fit, failed-precondition."""
    info = await the_egress(context, request.recording, wanted="recordings")
    return await with_layout(context, info)


def put_back(request: SetLayout, before: EgressInfo, _result: EgressInfo) -> Call | None:
    """The former layout, if it is known, was another, and nobody chose one since."""
    if not before.layout or before.layout == request.layout:
        return None
    return Call(
        capability="recording.set_layout",
        arguments={"recording": before.egress_id, "layout": before.layout},
        expects={"layout": request.layout},
    )


def tell(request: SetLayout, before: EgressInfo, _result: EgressInfo) -> str:
    """Changed, or as it was."""
    what = f"The recording of {subject(before)} ({before.egress_id})"
    if before.layout == request.layout:
        return f"{what} shows people as {request.layout} already; nothing was changed."
    return f"{what} shows people as {request.layout} from now on."


@capability(
    effect="write",
    grant="roomRecord",
    positional=("recording", "layout"),
    rules=("secure-transport", "egress-has-layout", "egress-layout-as-asked"),
    before=the_recording,
    undo=put_back,
    tell=tell,
    examples=(
        Example("switch the recording of standup to grid", recording="standup", layout="grid"),
        Example(
            "change the layout of recording EG_abc123 to speaker",
            recording="EG_abc123",
            layout="speaker",
        ),
    ),
)
async def set_layout(context: Context, request: SetLayout) -> EgressInfo:
    """From now on, in the same file. Raises not-found, several-fit. LiveKit: Egress.UpdateLayout."""
    before: EgressInfo = context.before
    if before.layout == request.layout:
        return before
    return await context.egress.set_layout(before.egress_id, request.layout)
