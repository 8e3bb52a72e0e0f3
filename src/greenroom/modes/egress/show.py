"""Show one stream or export: where it goes, how long it runs, and how it does."""

from __future__ import annotations

from greenroom.domain.capability import Example, Request, capability
from greenroom.domain.egress import EgressDetails, EgressInfo
from greenroom.domain.ports import Context
from greenroom.modes._egresses import how_it_does, what_it_is, with_figures
from greenroom.modes.egress._fields import OneEgress


class ShowEgress(Request):
    """A room, or an id."""

    egress: OneEgress


def tell(_request: ShowEgress, _before: None, result: EgressDetails) -> str:
    """State, length, every place that it goes to, and figures."""
    info = result.egress
    said = how_it_does(what_it_is(info), result)
    return f"{said} {outputs(info)}" if info.is_active and info.results else said


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
    return await with_figures(context, request.egress, wanted="any", active=False)
