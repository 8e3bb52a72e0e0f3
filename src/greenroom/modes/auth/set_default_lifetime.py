"""Set how long tokens last when nothing is said about it."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from greenroom.domain.capability import Example, Kind, Request, Words, capability
from greenroom.domain.nouns import SettingsChange, SettingsState
from greenroom.domain.plan import Call
from greenroom.domain.ports import Context
from greenroom.modes import _settings
from greenroom.modes.auth._lifetime import in_words

KEY = "auth.defaultTtl"


class SetDefaultLifetime(Request):
    """Setting auth.defaultTtl."""

    ttl: Annotated[
        int,
        Kind.DURATION,
        Words("default lifetime", "default token lifetime", "default ttl"),
        Field(ge=1, le=4_294_967_295, description="Seconds that a token opens a room."),
    ]
    reason: Annotated[
        str,
        Kind.REASON,
        Words("because", "reason", "since", "the reason is"),
        Field(description="Why a life over 24 hours is needed."),
    ] = ""


async def as_written(context: Context, _request: SetDefaultLifetime) -> SettingsState:
    """What the file says now. Raises invalid-config."""
    return context.configuration.written([KEY])


def put_back(
    request: SetDefaultLifetime, before: SettingsState, _result: SettingsChange
) -> Call | None:
    """The former lifetime, if nobody changed it since."""
    return _settings.put_back({KEY: request.ttl}, before)


def tell(request: SetDefaultLifetime, _before: SettingsState, result: SettingsChange) -> str:
    """How long, and where it is written."""
    return f"Tokens last {in_words(request.ttl)} unless said otherwise, {_settings.where(result)}"


@capability(
    effect="write",
    positional=("ttl",),
    rules=("token-lifetime", "settings-as-asked"),
    before=as_written,
    undo=put_back,
    tell=tell,
    examples=(
        Example("tokens last two hours by default", ttl=7200),
        Example("set the default token lifetime to 30 minutes", ttl=1800),
    ),
)
async def set_default_lifetime(context: Context, request: SetDefaultLifetime) -> SettingsChange:
    """Write the lifetime into the configuration: the project's auth file, else the user's. Raises invalid-config."""
    return await _settings.write(context, {KEY: request.ttl})
