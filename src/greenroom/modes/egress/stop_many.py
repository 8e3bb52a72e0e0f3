"""End these streams and exports, each as it was when they were listed."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from greenroom.domain.capability import Request, capability
from greenroom.domain.egress import EgressesStopped, EgressList
from greenroom.domain.errors import Interrupted
from greenroom.domain.ports import Context
from greenroom.modes._bulk import each
from greenroom.modes._fields import FROM_JSON


class StopMany(Request):
    """Streams and exports by id."""

    egresses: Annotated[
        dict[str, str],
        Field(min_length=1, description="Room of each by its id, as JSON."),
        FROM_JSON,
    ]


async def the_ones(context: Context, request: StopMany) -> EgressList:
    """Those that still run."""
    running = await context.egress.list_egress(active=True)
    found = tuple(one for one in running if one.egress_id in request.egresses)
    return EgressList(egresses=found, service=await context.egress.service())


def tell(_request: StopMany, _before: EgressList, result: EgressesStopped) -> str:
    """How many ended, and why some were left alone."""
    left = "".join(f" {name}: {why}" for name, why in list(result.skipped.items())[:5])
    return f"{len(result.done)} of {len(result.done) + len(result.skipped)} ended.{left}"


@capability(
    effect="destroy",
    grant="roomRecord",
    rules=("secure-transport", "egresses-stopped"),
    before=the_ones,
    cannot_undo="What ended is over; start another, and give a stream its key again.",
    tell=tell,
    examples=(),
)
async def stop_many(context: Context, request: StopMany) -> EgressesStopped:
    """Each is looked at again: one that ended by itself is left alone. Raises Interrupted. LiveKit: StopEgress."""

    async def stop(egress: str) -> str:
        found = await context.egress.list_egress(egress_id=egress)
        if not found or not found[0].is_active:
            return "it has ended already."
        await context.egress.stop(egress)
        return ""

    count = await each(context, "egresses", list(request.egresses), stop)
    result = EgressesStopped(
        done=tuple(count.done), skipped=count.skipped, remaining=tuple(count.remaining)
    )
    if count.stopped:
        msg = f"{count.stopped}: {count.told('egresses', 'ended')}"
        hint = f"The first that was not come to is {count.remaining[0]}." if count.remaining else ""
        raise Interrupted(msg, made=result, hint=hint)
    return result
