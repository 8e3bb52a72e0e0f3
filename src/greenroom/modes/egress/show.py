"""Show one stream or export: where it goes, how long it runs, and how it does."""

from __future__ import annotations

from greenroom.domain.capability import Example, Request, capability
from greenroom.domain.egress import EgressDetails, EgressInfo
from greenroom.domain.ports import Context
from greenroom.modes._egresses import (
    ended_with,
    how_it_does,
    lasted,
    subject,
    the_egress,
    what_it_is,
)
from greenroom.modes.egress._fields import OneEgress


class ShowEgress(Request):
    """A room, or an id."""

    egress: OneEgress


def tell(_request: ShowEgress, _before: None, result: EgressDetails) -> str:
    """State, length, every place that it goes to, and figures."""
    info = result.egress
    what = f"The {what_it_is(info)} of {subject(info)} ({info.egress_id})"
    if not info.is_active:
        return f"{what} is {info.status}. {ended_with(info)}".strip()
    goes = f" {outputs(info)}" if info.results else ""
    does = how_it_does(result.figures)
    paused = ", and is paused" if result.figures.get("paused") is True else ""
    seconds = result.figures.get("seconds")
    now = info.started_at + seconds if isinstance(seconds, int | float) else info.updated_at
    said = f"{what} is {info.status}, for {lasted(info, now)}{paused}"
    return f"{said}{': ' if does else ''}{', '.join(does)}.{goes}"


def outputs(info: EgressInfo) -> str:
    """Each output, and of a stream whether it arrives there."""
    said = []
    for result in info.results:
        trying = result.status == "active" and not result.arrives
        state = "being tried" if trying else result.status
        state = f" is {state}" if result.kind == "stream" and state else ""
        why = f": {result.error.rstrip('.')}" if result.error else ""
        said.append(f"{result.location}{state}{why}")
    return f"{'; '.join(said)}."


@capability(
    effect="read",
    grant="roomRecord",
    positional=("egress",),
    tell=tell,
    examples=(
        Example("is the stream of stage all right?", egress="stage"),
        Example("show egress EG_abc123", egress="EG_abc123"),
    ),
)
async def show(context: Context, request: ShowEgress) -> EgressDetails:
    """The one that runs, else the newest; figures where the service has them. Raises not-found, several-fit. LiveKit: ListEgress."""
    info = await the_egress(context, request.egress, wanted="any", active=False)
    figures = dict(await context.egress.figures(info.egress_id)) if info.is_active else {}
    return EgressDetails(egress=info, figures=figures)
