"""Store the URL, API key and API secret of your LiveKit server."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any

from pydantic import Field

from greenroom.domain.capability import Example, Kind, Request, Words, capability
from greenroom.domain.errors import GreenroomError, InvalidRequest
from greenroom.domain.nouns import CredentialsStored, SettingsState
from greenroom.domain.plan import Call
from greenroom.domain.ports import Context
from greenroom.modes import _settings

KEYS = ("api.url", "api.key", "api.secret")
REFUSED = {"unauthenticated", "permission-denied"}
"""Errors that say that the credentials are wrong; all others only say that nobody could be asked."""
SCHEMES = ("env:", "${", "file:")


class ConfigureCredentials(Request):
    """One set: it replaces the whole set that was stored."""

    url: Annotated[
        str,
        Kind.TEXT,
        Words("url", "server", "server url", "host", "address", "at"),
        Field(pattern=r"^((wss?|https?)://\S+|env:\w+|\$\{\w+\})$", description="URL of the server."),
    ]
    api_key: Annotated[
        str,
        Kind.TEXT,
        Words("api key", "key", "key id"),
        Field(min_length=1, max_length=256, description="API key, or env:NAME."),
    ]
    api_secret: Annotated[
        str,
        Kind.SECRET,
        Field(
            min_length=1,
            max_length=4096,
            description="API secret, kept in a file that only you read; or a reference: env:NAME, file:path.",
        ),
    ]


async def as_written(context: Context, _request: ConfigureCredentials) -> SettingsState:
    """What is stored now: references. Raises invalid-config."""
    return context.configuration.written(KEYS, "user")


def put_back(
    _request: ConfigureCredentials, before: SettingsState, result: CredentialsStored
) -> Call | None:
    """The set that was stored before, if nobody stored another since."""
    written = {"api.url": result.url, "api.key": result.api_key, "api.secret": result.api_secret}
    return _settings.put_back(written, before, "user")


def tell(
    _request: ConfigureCredentials, _before: SettingsState, result: CredentialsStored
) -> str:
    """Stored, where, and whether the server accepts them."""
    checked = "The server accepts them." if result.accepted else f"Not checked: {result.doubt}"
    overridden = "".join(f" But {line}" for line in result.overridden)
    return f"Credentials for {result.url} are stored in {result.file}. {checked}{overridden}"


async def try_them(context: Context, request: ConfigureCredentials) -> str:
    """Ask the server. Returns why it could not be asked, "" when it said yes; raises what it says when it says no."""
    if any(v.startswith(SCHEMES) for v in (request.url, request.api_key, request.api_secret)):
        return "they are references, which are followed when they are used; try `greenroom verify`."
    try:
        await context.try_credentials(request.url, request.api_key, request.api_secret)
    except GreenroomError as error:
        if error.code in REFUSED:
            raise
        return error.message
    return ""


@capability(
    effect="write",
    positional=("url", "api_key"),
    before=as_written,
    undo=put_back,
    tell=tell,
    examples=(
        Example(
            "Configure LiveKit API credentials",
        ),
    ),
)
async def configure_credentials(
    context: Context, request: ConfigureCredentials
) -> CredentialsStored:
    """Verify with the server if it answers, then store: secret 0600, references in the auth file. Raises unauthenticated."""
    doubt = await try_them(context, request)
    secret = request.api_secret
    if not secret.startswith(SCHEMES):
        if any(ord(c) < 32 for c in secret):
            msg = "The API secret holds control characters."
            raise InvalidRequest(msg, hint="Copy it again.")
        secret = await asyncio.to_thread(
            context.configuration.keep_secret, "livekit-api-secret", secret
        )
    changes: dict[str, Any] = dict(zip(KEYS, (request.url, request.api_key, secret), strict=True))
    change = await _settings.write(context, changes, "user")
    return CredentialsStored(
        url=request.url,
        api_key=request.api_key,
        api_secret=secret,
        file=change.files[0],
        accepted=not doubt,
        doubt=doubt,
        overridden=change.overridden,
    )
