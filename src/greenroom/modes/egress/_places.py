"""Where streams go: a URL, a platform with a key, or a destination that the configuration keeps under a name."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any, Protocol

from greenroom.domain.errors import InvalidRequest, PreconditionFailed
from greenroom.domain.ports import Settings
from greenroom.domain.streams import with_key

DESTINATIONS, PLATFORMS = "egress.destinations", "egress.platforms"
SETTINGS = ("platform", "url", "protocol", "key")
"""Of one destination."""
REFERENCES = ("env:", "${", "file:")
PLACES = (("url",), ("destination",), ("platform", "key"))
"""Groups of arguments that say where a stream goes."""
WHERE = "say where: url, platform with key, or destination"


class Somewhere(Protocol):
    """The arguments that say where."""

    @property
    def url(self) -> str:
        """Of a server."""
        ...

    @property
    def platform(self) -> str:
        """Youtube …"""
        ...

    @property
    def key(self) -> str:
        """For the platform or the server."""
        ...

    @property
    def destination(self) -> str:
        """A name that is kept."""
        ...


def one_place(request: Somewhere) -> None:
    """Raises ValueError unless exactly one place is named; a destination's platform may be said beside it."""
    places = [request.url, request.destination or request.platform]
    if not any(places):
        raise ValueError(WHERE)
    if all(places) or (request.destination and request.key):
        msg = f"{WHERE}; not two of them"
        raise ValueError(msg)


def key_of(name: str, setting: str = "") -> str:
    """The dotted key of a destination, or of one setting of it."""
    return f"{DESTINATIONS}.{name}{f'.{setting}' if setting else ''}"


def destinations_of(settings: Settings) -> Mapping[str, Mapping[str, Any]]:
    """All of them, by name. Raises ConfigurationError (invalid-config)."""
    found: Mapping[str, Mapping[str, Any]] = settings.chosen(DESTINATIONS) or {}
    return found


def platforms_of(settings: Settings) -> dict[str, str]:
    """Platform → where it takes streams. Raises ConfigurationError (invalid-config)."""
    found: Mapping[str, Mapping[str, str]] = settings.chosen(PLATFORMS) or {}
    return {name: about["url"] for name, about in found.items() if about.get("url")}


def require_destination(settings: Settings, name: str) -> Mapping[str, Any]:
    """What is kept under a name. Raises PreconditionFailed (not-found) with the nearest."""
    known = destinations_of(settings)
    if name in known:
        return known[name]
    near = get_close_matches(name, known, n=1)
    hint = f"Did you mean {near[0]}?" if near else none_of(sorted(known))
    msg = f"There is no destination {name}."
    raise PreconditionFailed(msg, code="not-found", hint=hint)


def none_of(known: list[str]) -> str:
    """What there is instead."""
    if known:
        return f"There are {', '.join(known)}."
    return "None is defined: greenroom egress define-destination NAME --url rtmp://… --key …"


def platform_address(settings: Settings, platform: str) -> str:
    """Where a platform takes streams. Raises PreconditionFailed (not-found) with the nearest."""
    known = platforms_of(settings)
    if platform.lower() in known:
        return known[platform.lower()]
    near = get_close_matches(platform.lower(), known, n=1)
    hint = f"Did you mean {near[0]}?" if near else f"There are {', '.join(sorted(known))}."
    msg = f"There is no platform {platform}."
    hint += " Another is named by the setting egress.platforms.NAME.url, or given as a URL."
    raise PreconditionFailed(msg, code="not-found", hint=hint)


def address_of(settings: Settings, about: Mapping[str, Any]) -> str:
    """Where a destination is, without its key. Raises PreconditionFailed (not-found) for a platform that is not known."""
    named = str(about.get("platform", ""))
    if url := about.get("url") or (named if "://" in named else ""):
        return str(url)
    return platform_address(settings, named)


async def url_of(settings: Settings, request: Somewhere) -> str:
    """Where to stream to, key included: a secret.

    Raises PreconditionFailed (not-found), InvalidRequest for a platform without a key or a key that is a reference,
    ConfigurationError (secret-unresolved).
    """
    if request.key.startswith(REFERENCES):
        msg = "A reference to a key is followed for destinations only."
        hint = "Define one with it: greenroom egress define-destination NAME --platform … --key …"
        raise InvalidRequest(msg, hint=hint)
    settings = settings.now()
    if request.destination:
        return await _of_destination(settings, request)
    if request.url:
        return with_key(request.url, request.key)
    address = platform_address(settings, request.platform)
    if request.key:
        return with_key(address, request.key)
    kept = on_platform(settings, request.platform)
    if len(kept) == 1:
        return await destination_url(settings, kept[0])
    msg = f"Which stream key does {request.platform} want?"
    hint = "Give the key that the platform shows, or define a destination with it once."
    if kept:
        hint = f"Give the key, or one of the destinations {' and '.join(kept)}."
    raise InvalidRequest(msg, hint=hint)


async def _of_destination(settings: Settings, request: Somewhere) -> str:
    """Raises InvalidRequest where a platform is said beside it, and it is on another."""
    about = require_destination(settings, request.destination)
    if request.platform and str(about.get("platform", "")).lower() != request.platform.lower():
        msg = f"Destination {request.destination} is not on {request.platform}."
        raise InvalidRequest(msg, hint=f"It streams to {address_of(settings, about)}.")
    return await destination_url(settings, request.destination)


async def destination_url(settings: Settings, name: str) -> str:
    """Where a destination streams to, its key followed. Raises PreconditionFailed, ConfigurationError."""
    address = address_of(settings, require_destination(settings, name))
    key = await asyncio.to_thread(settings.secret, key_of(name, "key"))
    return with_key(address, key)


def on_platform(settings: Settings, platform: str) -> list[str]:
    """Names of the destinations on a platform."""
    kept = destinations_of(settings).items()
    return sorted(
        n for n, about in kept if str(about.get("platform", "")).lower() == platform.lower()
    )
