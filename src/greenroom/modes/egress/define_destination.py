"""Keep a place to stream to under a name, with its stream key."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from greenroom.domain.capability import Example, Kind, Means, Request, capability
from greenroom.domain.errors import InvalidRequest
from greenroom.domain.nouns import SettingsChange, SettingsState
from greenroom.domain.plan import Call
from greenroom.domain.ports import Context
from greenroom.domain.streams import scheme_of, split_key
from greenroom.domain.urls import split_url
from greenroom.modes import _settings
from greenroom.modes.egress._fields import DestinationName, Platform, StreamKey, StreamUrl
from greenroom.modes.egress._places import REFERENCES, SETTINGS, key_of, platform_address


class DefineDestination(Request):
    """A name that exists already gets the new place; its key stays where the place is the same."""

    one_of = (("url",), ("platform",))

    name: DestinationName
    url: StreamUrl = ""
    platform: Platform = ""
    key: StreamKey = ""
    protocol: Annotated[
        Literal["rtmp", "rtmps", "srt"] | None,
        Kind.CHOICE,
        Means("rtmp", "over rtmp", "protocol rtmp", "by rtmp"),
        Means("rtmps", "over rtmps", "protocol rtmps", "by rtmps", "encrypted rtmp"),
        Means("srt", "over srt", "protocol srt", "by srt"),
        Field(description="How the stream travels; None: as the URL says."),
    ] = None

    @model_validator(mode="after")
    def one_place(self) -> Self:
        """A destination is one place."""
        if bool(self.url) == bool(self.platform):
            msg = "say where it is: url, or platform"
            raise ValueError(msg)
        return self


async def as_written(context: Context, request: DefineDestination) -> SettingsState:
    """What the file says now. Raises not-found for an unknown platform, invalid-config, and invalid-argument for another protocol."""
    address = request.url or platform_address(context.settings, request.platform)
    scheme = scheme_of(address)
    if request.protocol and scheme != request.protocol:
        what = "The URL" if request.url else request.platform
        msg = f"{what} takes {scheme} here, not {request.protocol}."
        hint = f"Give a URL that begins with {request.protocol}://, or leave the protocol out."
        raise InvalidRequest(msg, hint=hint)
    return context.configuration.written(keys(request))


def keys(request: DefineDestination) -> list[str]:
    """The settings of a destination."""
    return [key_of(request.name, setting) for setting in SETTINGS]


def put_back(
    request: DefineDestination, before: SettingsState, result: SettingsChange
) -> Call | None:
    """The destination as it was, if nobody changed it since."""
    return _settings.put_back({k: result.values.get(k) for k in keys(request)}, before)


def tell(request: DefineDestination, _before: SettingsState, result: SettingsChange) -> str:
    """The place, whether a key is kept, and where."""
    place = request.platform or result.values[key_of(request.name, "url")]
    keeps = key_of(request.name, "key") in result.values
    key = "its key is kept apart" if keeps else "no key is kept"
    return f"Destination {request.name} is {place}; {key}, {_settings.where(result)}"


def place_of(request: DefineDestination) -> tuple[dict[str, str], str]:
    """The settings that say where it is, and its key. Raises InvalidRequest for a URL with a password or two keys."""
    if request.platform:
        return {"platform": request.platform.lower()}, request.key
    parts = split_url(request.url, ("rtmp", "rtmps", "srt"))
    if parts is None:
        msg = "This is no address of a streaming server."
        raise InvalidRequest(msg, hint="It looks like rtmp://live.example.com/app.")
    if parts.username is not None:
        msg = "The URL holds a user or password, and a destination keeps none there."
        raise InvalidRequest(msg, hint="Leave them out, and give what the server wants as key.")
    if request.key:
        return {"url": request.url}, request.key
    address, key = split_key(request.url)
    return {"url": address}, key


@capability(
    effect="write",
    positional=("name",),
    rules=("stream-url-fits", "settings-as-asked"),
    before=as_written,
    undo=put_back,
    tell=tell,
    examples=(
        Example(
            "save rtmp://live.example.com/app as destination main-site with key abc-123",
            name="main-site",
            url="rtmp://live.example.com/app",
            key="abc-123",
        ),
    ),
)
async def define_destination(context: Context, request: DefineDestination) -> SettingsChange:
    """Write ``egress.destinations.<name>``; a key is kept in a file that only you read, or is a reference: env:NAME, file:path."""
    place, key = place_of(request)
    if key and not key.startswith(REFERENCES):
        # The file's name says nothing of the destination's, in which words may stand that are masked.
        key = await asyncio.to_thread(context.configuration.keep_secret, "destination", key)
    same = all(_former(context, request, name) == place.get(name) for name in ("platform", "url"))
    wanted: dict[str, Any] = dict.fromkeys(keys(request))
    if request.protocol:
        wanted[key_of(request.name, "protocol")] = request.protocol
    wanted |= {key_of(request.name, name): value for name, value in place.items()}
    # Another place never gets the old place's key.
    wanted[key_of(request.name, "key")] = key or (
        _former(context, request, "key") if same else None
    )
    return await _settings.write(context, wanted)


def _former(context: Context, request: DefineDestination, name: str) -> Any:
    return _settings.value_in(context.before.values, key_of(request.name, name))
