"""Show one recording: how long it runs, what comes of it, and how it does."""

from __future__ import annotations

from greenroom.domain.capability import Example, Request, capability
from greenroom.domain.egress import EgressDetails
from greenroom.domain.ports import Context
from greenroom.modes._egresses import how_it_does, results, with_figures
from greenroom.modes.recording._fields import Recording


class ShowRecording(Request):
    """A room, or an id."""

    recording: Recording


def tell(_request: ShowRecording, _before: None, result: EgressDetails) -> str:
    """State, length, file and figures."""
    said, files = how_it_does("recording", result), results(result.egress)
    return f"{said} It is written into {files}." if result.egress.is_active and files else said


@capability(
    effect="read",
    grant="roomRecord",
    positional=("recording",),
    tell=tell,
    examples=(
        Example("how is the recording of standup doing?", recording="standup"),
        Example("show recording EG_abc123", recording="EG_abc123"),
    ),
)
async def show(context: Context, request: ShowRecording) -> EgressDetails:
    """The one that runs, else the newest; figures where the service has them. Raises not-found, several-fit. LiveKit: Egress.ListEgress."""
    return await with_figures(context, request.recording, wanted="recordings", active=False)
