"""Send a stream that runs to one more place."""

from __future__ import annotations

from typing import Self

from pydantic import model_validator

from greenroom.domain.capability import Example, Request, capability
from greenroom.domain.egress import EgressInfo
from greenroom.domain.plan import Call
from greenroom.domain.ports import Context
from greenroom.domain.streams import hidden
from greenroom.modes._starting import running
from greenroom.modes.egress._fields import (
    KnownDestination,
    OneEgress,
    Platform,
    StreamKey,
    StreamUrl,
)
from greenroom.modes.egress._places import PLACES, one_place
from greenroom.modes.egress._sending import Sending, to_add


class AddStream(Request):
    """LiveKit: UpdateStreamRequest, add_output_urls."""

    one_of = PLACES

    egress: OneEgress
    url: StreamUrl = ""
    platform: Platform = ""
    key: StreamKey = ""
    destination: KnownDestination = ""

    @model_validator(mode="after")
    def somewhere(self) -> Self:
        """Exactly one place."""
        one_place(self)
        return self


async def before(context: Context, request: AddStream) -> Sending:
    """The stream as it is, and the new place."""
    return await to_add(context, request.egress, request)


def take_away(_request: AddStream, before: Sending, result: EgressInfo) -> Call:
    """The place, as it is shown."""
    arguments = {"egress": result.egress_id, "url": before.shown}
    return Call(capability="egress.remove_stream", arguments=arguments)


def tell(_request: AddStream, before: Sending, result: EgressInfo) -> str:
    """Where it goes now."""
    also = f", and still to {' and '.join(before.others)}" if before.others else ""
    return f"{result.whom} is streamed to {before.shown}{also} ({result.egress_id})."


@capability(
    effect="write",
    grant="roomRecord",
    positional=("egress",),
    rules=("secure-transport", "egress-enabled", "stream-url-fits", "stream-active"),
    before=before,
    undo=take_away,
    tell=tell,
    examples=(
        Example(
            "also send the stream of lobby to rtmp://b.example.com/x",
            egress="lobby",
            url="rtmp://b.example.com/x",
        ),
    ),
)
async def add_stream(context: Context, request: AddStream) -> EgressInfo:
    """Add it, and wait until it arrives there. Raises not-found, several-fit, already-exists. LiveKit: UpdateStream."""
    del request
    before: Sending = context.before
    with hidden(before.url):
        info = await context.egress.set_streams(before.egress.egress_id, [before.url], [])
        return await running(context, info)
