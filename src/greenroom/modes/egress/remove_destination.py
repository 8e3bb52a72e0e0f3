"""Forget a place to stream to."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from greenroom.domain.capability import Example, Kind, Request, capability
from greenroom.domain.nouns import SettingsChange
from greenroom.domain.plan import Call
from greenroom.domain.ports import Context
from greenroom.modes._settings import Defined, put_back_table, where, where_defined, write
from greenroom.modes.egress._fields import CALLED
from greenroom.modes.egress._places import key_of, require_destination


class RemoveDestination(Request):
    """The destination's table leaves the file that defines it."""

    name: Annotated[
        str,
        Kind.DESTINATION,
        CALLED,
        Field(pattern=r"^[A-Za-z0-9_-]{1,64}$", description="Name of the destination."),
    ]


async def where_it_is(context: Context, request: RemoveDestination) -> Defined:
    """Who defines it. Raises not-found, invalid-config."""
    require_destination(context.settings.now(), request.name)
    return where_defined(context, key_of(request.name))


def put_back(_request: RemoveDestination, before: Defined, _result: SettingsChange) -> Call | None:
    """The destination as it was, if nobody defined it again since. The file with its key was left."""
    return put_back_table(before)


def tell(request: RemoveDestination, before: Defined, result: SettingsChange) -> str:
    """Gone, and who else still says something of it."""
    elsewhere = "".join(f" It is also defined in layer {name}." for name in before.elsewhere)
    return f"Destination {request.name} is forgotten {where(result)}{elsewhere}"


@capability(
    effect="destroy",
    positional=("name",),
    rules=("destination-removable", "destination-gone"),
    before=where_it_is,
    undo=put_back,
    tell=tell,
    examples=(Example("forget the destination main-site", name="main-site"),),
)
async def remove_destination(context: Context, request: RemoveDestination) -> SettingsChange:
    """Take it out of the highest file that defines it; streams that run go on. Raises not-found, invalid-config."""
    del request  # ``before`` found it
    found: Defined = context.before
    return await write(context, {found.key: None}, found.place)
