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
        str | None,
        Kind.TEXT,
        Words("url", "server", "server url", "host", "address", "at"),
        Field(
            pattern=r"^((wss?|https?)://\S+|env:\w+|\$\{\w+\})$",
            description="URL of the server, like wss://livekit.example.com; None: of the one in use.",
        ),
    ] = None
    api_key: Annotated[
        str | None,
        Kind.TEXT,
        Words("api key", "key", "key id"),
        Field(min_length=1, max_length=256, description="API key; None: the one in use."),
    ] = None
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


def tell(_request: ConfigureCredentials, _before: SettingsState, result: CredentialsStored) -> str:
    """Stored, where, and whether the server accepts them."""
    checked = "The server accepts them." if result.accepted else f"Not checked: {result.doubt}"
    overridden = "".join(f" But {line}" for line in result.overridden)
    return f"Credentials for {result.url} are stored in {result.file}. {checked}{overridden}"


def whole_set(context: Context, request: ConfigureCredentials) -> tuple[str, str]:
    """URL and API key, those in use where the request names none. Raises InvalidRequest where none is in use."""
    url = request.url or context.target.url
    api_key = request.api_key or context.target.api_key
    if not url or not api_key:
        msg = f"Which {'API key' if url else 'server'}? None is in use that could be kept."
        raise InvalidRequest(msg, hint="Give url, api_key and api_secret together.")
    return url, api_key


async def try_them(context: Context, url: str, api_key: str, api_secret: str) -> str:
    """Ask the server. Returns why it could not be asked, "" when it said yes; raises what it says when it says no."""
    if any(value.startswith(SCHEMES) for value in (url, api_key, api_secret)):
        return "they are references, which are followed when they are used; try `greenroom verify`."
    try:
        await context.try_credentials(url, api_key, api_secret)
    except GreenroomError as error:
        if error.code in REFUSED:
            raise
        return error.message
    return ""


@capability(
    effect="write",
    before=as_written,
    undo=put_back,
    tell=tell,
    examples=(
        Example(
            'configure the API credentials with api_secret="env:LIVEKIT_API_SECRET"',
            api_secret="env:LIVEKIT_API_SECRET",  # noqa: S106 - a reference
        ),
    ),
)
async def configure_credentials(
    context: Context, request: ConfigureCredentials
) -> CredentialsStored:
    """Verify with the server if it answers, then store: secret 0600, references in the auth file. Raises unauthenticated."""
    url, api_key = whole_set(context, request)
    secret = request.api_secret
    doubt = await try_them(context, url, api_key, secret)
    if not secret.startswith(SCHEMES):
        if any(ord(c) < 32 for c in secret):
            msg = "The API secret holds control characters."
            raise InvalidRequest(msg, hint="Copy it again.")
        secret = await asyncio.to_thread(context.configuration.keep_secret, "livekit-api", secret)
    changes: dict[str, Any] = dict(zip(KEYS, (url, api_key, secret), strict=True))
    change = await _settings.write(context, changes, "user")
    return CredentialsStored(
        url=url,
        api_key=api_key,
        api_secret=secret,
        file=change.files[0],
        accepted=not doubt,
        doubt=doubt,
        overridden=change.overridden,
    )
