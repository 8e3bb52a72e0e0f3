"""A stream that runs, and one place of it: named in words, found among those that it goes to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from greenroom.domain.egress import EgressInfo, EgressResult
from greenroom.domain.errors import PreconditionFailed
from greenroom.domain.marks import Secret
from greenroom.domain.ports import Context
from greenroom.domain.urls import redacted_url
from greenroom.modes._egresses import the_egress
from greenroom.modes.egress._places import (
    Somewhere,
    address_of,
    destination_url,
    on_platform,
    platform_address,
    require_destination,
    url_of,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sending:
    """A stream before a place is added or taken away."""

    egress: EgressInfo
    url: Annotated[str, Secret()]
    """The place: with its key where that is known, else as it is shown."""
    others: tuple[str, ...]
    """The other places that it goes to, as they are shown."""

    @property
    def shown(self) -> str:
        """The place without its key."""
        return redacted_url(self.url)


def places(info: EgressInfo) -> list[EgressResult]:
    """Where it goes and has not ended."""
    ended = {"finished", "failed"}
    return [r for r in info.results if r.kind == "stream" and r.status not in ended]


async def to_add(context: Context, named: str, request: Somewhere) -> Sending:
    """Raises not-found, failed-precondition, several-fit, already-exists, invalid-argument, secret-unresolved."""
    info = await the_egress(context, named, wanted="streams", active=True)
    url = await url_of(context.settings, request)
    others = tuple(place.location for place in places(info))
    if redacted_url(url) in others:
        msg = f"{info.egress_id} streams to {redacted_url(url)} already."
        raise PreconditionFailed(msg, code="already-exists", hint="Nothing has to be done.")
    return Sending(egress=info, url=url, others=others)


async def to_remove(context: Context, named: str, request: Somewhere) -> Sending:
    """Raises not-found with where it does go, failed-precondition, several-fit."""
    info = await the_egress(context, named, wanted="streams", active=True)
    there = [place.location for place in places(info)]
    fitting = [place for place in there if fits(place, starts(context, request))]
    if len(fitting) != 1:
        what = "no such place" if not fitting else f"{len(fitting)} such places"
        msg = f"{info.egress_id} streams to {what}."
        hint = (
            f"It streams to {' and '.join(fitting or there)}: name one of them as it stands here."
        )
        raise PreconditionFailed(msg, code="several-fit" if fitting else "not-found", hint=hint)
    (place,) = fitting
    return Sending(
        egress=info,
        url=await known(context, request, place),
        others=tuple(other for other in there if other != place),
    )


def starts(context: Context, request: Somewhere) -> str:
    """What the address of the place is, or begins with, as it is shown. Raises not-found."""
    if request.url:
        return redacted_url(request.url)
    settings = context.settings.now()
    if request.destination:
        return address_of(settings, require_destination(settings, request.destination))
    return platform_address(settings, request.platform)


def fits(place: str, start: str) -> bool:
    """Whether a place is this address, or one key of it."""
    rest = place.removeprefix(start.rstrip("/"))
    return place.startswith(start.rstrip("/")) and (not rest or rest[0] in "/?")


async def known(context: Context, request: Somewhere, place: str) -> str:
    """The place with its key, where somebody said or keeps it: LiveKit's own service asks for it. Else as it is shown."""
    kept = [request.destination] if request.destination else []
    if request.platform and not request.destination:
        kept = on_platform(context.settings.now(), request.platform)
    settings = context.settings.now()
    urls = [request.url, *[await destination_url(settings, name) for name in kept]]
    return next((url for url in urls if url and redacted_url(url) == place), place)
