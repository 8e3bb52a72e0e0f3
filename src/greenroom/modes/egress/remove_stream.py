"""Take one place away from a stream that runs."""

from __future__ import annotations

from typing import Self

from pydantic import model_validator

from greenroom.domain.capability import Example, Request, capability
from greenroom.domain.egress import EgressInfo
from greenroom.domain.plan import Call
from greenroom.domain.ports import Context
from greenroom.domain.streams import hidden
from greenroom.modes.egress._fields import KnownDestination, OneEgress, Platform, StreamUrl
from greenroom.modes.egress._places import one_place
from greenroom.modes.egress._sending import Sending, to_remove


class RemoveStream(Request):
    """LiveKit: UpdateStreamRequest, remove_output_urls."""

    one_of = (("url",), ("destination",), ("platform",))

    egress: OneEgress
    url: StreamUrl = ""
    platform: Platform = ""
    destination: KnownDestination = ""

    @property
    def key(self) -> str:
        """A place to take away needs none."""
        return ""

    @model_validator(mode="after")
    def somewhere(self) -> Self:
        """Exactly one place."""
        one_place(self)
        return self


async def before(context: Context, request: RemoveStream) -> Sending:
    """The stream as it is, and the place as it is shown, or with its key where that is known."""
    return await to_remove(context, request.egress, request)


def add_again(request: RemoveStream, _before: Sending, result: EgressInfo) -> Call | None:
    """The destination; of another place nobody keeps the key."""
    if not request.destination or not result.is_active:
        return None
    arguments = {"egress": result.egress_id, "destination": request.destination}
    return Call(capability="egress.add_stream", arguments=arguments)


def tell(_request: RemoveStream, before: Sending, result: EgressInfo) -> str:
    """What is left of the stream."""
    left = f"it goes on to {' and '.join(before.others)}" if before.others else "nothing is left"
    return f"{result.whom} is not streamed to {before.shown} any more; {left}."


@capability(
    effect="destroy",
    grant="roomRecord",
    positional=("egress",),
    rules=("secure-transport", "stream-place-ends", "stream-place-gone"),
    before=before,
    undo=add_again,
    tell=tell,
    examples=(
        Example("stop sending stage to twitch", egress="stage", platform="twitch"),
        Example(
            "only take rtmp://b.example.com/x away from the stream of lobby",
            egress="lobby",
            url="rtmp://b.example.com/x",
        ),
    ),
)
async def remove_stream(context: Context, request: RemoveStream) -> EgressInfo:
    """Take it away; the others go on. A URL may be given as it is shown. Raises not-found, several-fit. LiveKit: UpdateStream."""
    del request
    before: Sending = context.before
    with hidden(before.url):
        return await context.egress.set_streams(before.egress.egress_id, [], [before.url])
