"""Show one recording: how long it runs, what comes of it, and how it does."""

from __future__ import annotations

from greenroom.domain.capability import Example, Request, capability
from greenroom.domain.egress import EgressDetails
from greenroom.domain.ports import Context
from greenroom.modes._egresses import ended_with, how_it_does, lasted, results, subject, the_egress
from greenroom.modes.recording._fields import Recording


class ShowRecording(Request):
    """A room, or an id."""

    recording: Recording


def tell(_request: ShowRecording, _before: None, result: EgressDetails) -> str:
    """State, length, file and figures."""
    info = result.egress
    what = f"The recording of {subject(info)} ({info.egress_id})"
    if not info.is_active:
        return f"{what} is {info.status}. {ended_with(info)}".strip()
    paused = ", and is paused" if result.figures.get("paused") is True else ""
    seconds = result.figures.get("seconds")
    now = info.started_at + seconds if isinstance(seconds, int | float) else info.updated_at
    said = f"{what} is {info.status}, for {lasted(info, now)}{paused}"
    known = how_it_does(result.figures)
    said += f": {', '.join(known)}." if known else "."
    return f"{said} It is written into {results(info)}." if results(info) else said


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
    info = await the_egress(context, request.recording, wanted="recordings", active=False)
    figures = dict(await context.egress.figures(info.egress_id)) if info.is_active else {}
    return EgressDetails(egress=info, figures=figures)
