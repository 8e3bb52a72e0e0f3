"""Change how a recording that runs shows people."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from greenroom.domain.capability import Example, Request, capability
from greenroom.domain.egress import EgressInfo
from greenroom.domain.plan import Call
from greenroom.domain.ports import Context
from greenroom.modes._layouts import ChosenLayout
from greenroom.modes._relayout import as_shown, former, show_as, told
from greenroom.modes.recording._fields import Recording


class SetLayout(Request):
    """LiveKit: UpdateLayoutRequest."""

    recording: Recording
    layout: Annotated[ChosenLayout, Field(description="How people are shown from now on.")]


async def the_recording(context: Context, request: SetLayout) -> EgressInfo:
    """As it runs, with its layout. Raises not-found, several-fit, failed-precondition."""
    return await as_shown(context, request.recording, "recordings")


def put_back(request: SetLayout, before: EgressInfo, _result: EgressInfo) -> Call | None:
    """The former layout."""
    return former("recording.set_layout", "recording", request, before)


def tell(request: SetLayout, before: EgressInfo, _result: EgressInfo) -> str:
    """Changed, or as it was."""
    return told("recording", request, before)


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
    return await show_as(context, request)
