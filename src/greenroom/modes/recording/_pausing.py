"""Whether a recording is paused."""

from __future__ import annotations

from greenroom.domain.egress import EgressDetails
from greenroom.domain.ports import Context
from greenroom.modes._egresses import the_egress


async def running(context: Context, named: str) -> EgressDetails:
    """The recording with its figures. Raises not-found, several-fit, failed-precondition."""
    info = await the_egress(context, named, wanted="recordings")
    figures = dict(await context.egress.figures(info.egress_id))
    return EgressDetails(egress=info, figures=figures)


def is_paused(details: EgressDetails) -> bool:
    """As the service's figures say it."""
    return details.figures.get("paused") is True
