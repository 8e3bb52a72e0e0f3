"""End a stream or an export."""

from __future__ import annotations

from greenroom.domain.capability import Example, Request, capability
from greenroom.domain.egress import EgressInfo
from greenroom.domain.ports import Context
from greenroom.modes._egresses import ended_with, lasted, the_egress, waited, what_it_is
from greenroom.modes.egress._fields import OneEgress

PATIENCE = 10.0
"""Seconds for a file to be finished; a long upload takes longer, and goes on."""


class Stop(Request):
    """LiveKit: StopEgressRequest."""

    egress: OneEgress


async def the_one(context: Context, request: Stop) -> EgressInfo:
    """What is to end. Raises not-found, failed-precondition, several-fit."""
    return await the_egress(context, request.egress, wanted="any", active=True)


def tell(_request: Stop, before: EgressInfo, result: EgressInfo) -> str:
    """What ended, how long it was, and what came of it."""
    what = f"The {what_it_is(before)} of {before.whom} ({before.egress_id})"
    if result.is_active:
        return f"{what} is told to end and is {result.status}: a file may still be finished."
    said = f"{what} ended after {lasted(result, result.ended_at)}."
    if result.is_stream and not result.is_simulated:
        return f"{said} {result.error.rstrip('.')}." if result.error else said
    return f"{said} {ended_with(result)}".strip()


@capability(
    effect="destroy",
    grant="roomRecord",
    positional=("egress",),
    rules=("secure-transport", "egress-ends", "egress-stopped"),
    before=the_one,
    cannot_undo="What ended is over; start another, and give a stream its key again.",
    tell=tell,
    examples=(Example("end the stream of webinar-main", egress="webinar-main"),),
)
async def stop(context: Context, request: Stop) -> EgressInfo:
    """End it, and wait a little for its file. Raises not-found, failed-precondition, several-fit. LiveKit: StopEgress."""
    del request
    before: EgressInfo = context.before
    info = await context.egress.stop(before.egress_id)
    return await waited(context, info, past={"starting", "active", "ending"}, seconds=PATIENCE)
