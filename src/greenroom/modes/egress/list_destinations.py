"""List the places to stream to: destinations that were defined, and platforms."""

from __future__ import annotations

from greenroom.domain.capability import Example, Request, capability
from greenroom.domain.egress import Destination, DestinationList
from greenroom.domain.ports import Context, Settings
from greenroom.domain.urls import redacted_url
from greenroom.modes.egress._places import address_of, destinations_of, key_of, platforms_of


class ListDestinations(Request):
    """All of them."""


def tell(_request: ListDestinations, _before: None, result: DestinationList) -> str:
    """Each destination and where it is; keys are never part of it."""
    said = [f"{one.name} ({one.platform or one.url})" for one in result.destinations]
    platforms = f"With a key, {' and '.join(result.platforms)} work, too, and any rtmp or srt URL."
    if not said:
        return f"No destination is defined. {platforms}"
    return f"{len(said)} destination{'s' if len(said) > 1 else ''}: {', '.join(said)}. {platforms}"


def destination(settings: Settings, name: str) -> Destination:
    """One that is there."""
    about = destinations_of(settings)[name]
    where = tuple(f"{source.layer}, {source.file}" for source in settings.said_by(key_of(name)))
    return Destination(
        name=name,
        platform=str(about.get("platform", "")),
        url=redacted_url(address_of(settings, about)),
        key=str(about.get("key", "")),
        defined_in=where,
    )


@capability(
    effect="read",
    tell=tell,
    examples=(Example("where can we stream to?"), Example("list the stream destinations")),
)
async def list_destinations(context: Context, request: ListDestinations) -> DestinationList:
    """Destinations of the configuration, by name. Raises invalid-config, and not-found for one on a platform that is not known."""
    del request
    settings = context.settings.now()
    found = tuple(destination(settings, name) for name in sorted(destinations_of(settings)))
    return DestinationList(destinations=found, platforms=tuple(platforms_of(settings)))
