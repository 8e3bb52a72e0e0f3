"""Forget a place to stream to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from greenroom.domain.capability import Example, Request, capability
from greenroom.domain.nouns import SettingsChange, SettingsState
from greenroom.domain.plan import Call
from greenroom.domain.ports import Context, Place
from greenroom.modes import _settings
from greenroom.modes.egress._fields import DestinationName
from greenroom.modes.egress._places import SETTINGS, key_of, require_destination

PLACES = ("environment", "project", "user")
"""Layers that are files people write, highest first."""


class RemoveDestination(Request):
    """The destination's table leaves the file that defines it."""

    name: DestinationName


@dataclass(frozen=True, slots=True, kw_only=True)
class Defined:
    """A destination before it is forgotten."""

    place: Place | None
    """The highest file that says something about it; None where only variables do."""
    state: SettingsState
    elsewhere: tuple[str, ...]
    """Other layers that say something about it."""


async def where_it_is(context: Context, request: RemoveDestination) -> Defined:
    """Who defines it. Raises not-found, invalid-config."""
    settings = context.settings.now()
    require_destination(settings, request.name)
    layers = [source.layer for source in settings.said_by(key_of(request.name))]
    place = cast("Place | None", next((name for name in PLACES if name in layers), None))
    state = SettingsState(files=(), values={})
    if place is not None:
        state = context.configuration.written(keys(request), place)
    elsewhere = tuple(layer for layer in layers if layer != place)
    return Defined(place=place, state=state, elsewhere=elsewhere)


def keys(request: RemoveDestination) -> list[str]:
    """The settings of a destination."""
    return [key_of(request.name, setting) for setting in SETTINGS]


def put_back(request: RemoveDestination, before: Defined, _result: SettingsChange) -> Call | None:
    """The destination as it was, if nobody defined it again since. The file with its key was left."""
    return _settings.put_back(dict.fromkeys(keys(request)), before.state, before.place)


def tell(request: RemoveDestination, before: Defined, result: SettingsChange) -> str:
    """Gone, and who else still says something of it."""
    elsewhere = "".join(f" It is also defined in layer {name}." for name in before.elsewhere)
    return f"Destination {request.name} is forgotten {_settings.where(result)}{elsewhere}"


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
    found: Defined = context.before
    return await _settings.write(context, dict.fromkeys(keys(request)), found.place)
