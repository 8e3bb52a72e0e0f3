"""What passes between us and a server below Twirp: addresses, strange answers, text of others made safe.

Twirp answers 200 with protobuf, else an error as JSON. But livekit-server's own auth middleware answers in
plain text, proxies answer in HTML, and an empty 200 reads as an empty list; livekit-api takes all of it at
its word and follows redirects. ``look`` looks at every answer first, ours and livekit-api's.
"""

from __future__ import annotations

import json
import re
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from greenroom.domain.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    import aiohttp

PROTOBUF = "application/protobuf"
JWT = re.compile(r"eyJ[A-Za-z0-9_-]{4,}(?:\.[A-Za-z0-9_-]*){0,2}")
"""A JSON object in base64url, alone or with the parts after it."""
MASK = "[token]"
LONGEST_TEXT = 200
SERVER_ERRORS = HTTPStatus.INTERNAL_SERVER_ERROR
FILE_MARK = "X-Greenroom-Recorder"
"""A header of every answer of the recorder."""
PIECE = 1024 * 1024
_READ = 16_384
"""Bytes of a strange answer that are read; a token that the server echoes fits well."""
_SCHEMES = {"ws": "http", "wss": "https", "http": "http", "https": "https"}


class NotTwirpError(Exception):
    """An HTTP answer that is not Twirp. Its text never holds a token."""

    def __init__(
        self,
        status: int,
        *,
        text: str = "",
        location: str = "",
        date: float | None = None,
    ) -> None:
        super().__init__(f"status {status}, not Twirp")
        self.status = status
        self.text = JWT.sub(MASK, text)
        self.location = JWT.sub(MASK, location)
        self.date = date


def tidy(text: str) -> str:
    """Others' text for one line of ours: no token, no control or direction characters, not long."""
    plain = "".join(c if c.isprintable() else " " for c in JWT.sub(MASK, text))
    plain = " ".join(plain.split())
    return plain if len(plain) <= LONGEST_TEXT else f"{plain[: LONGEST_TEXT - 1]}…"


def base_of(url: str) -> tuple[str, str]:
    """Origin (http or https) and path without slashes at its ends. Raises ConfigurationError."""
    try:
        parts = urlsplit(url.strip())
        scheme, host, port = _SCHEMES.get(parts.scheme), parts.hostname, parts.port
    except ValueError:
        scheme = host = port = None
    if scheme is None or not host:
        msg = "The server's URL cannot be used."
        hint = "It looks like wss://livekit.example.com, or ws://localhost:7880."
        raise ConfigurationError(msg, code="invalid-url", hint=hint)
    shown = f"[{host}]" if ":" in host else host
    return f"{scheme}://{shown}{'' if port is None else f':{port}'}", parts.path.strip("/")


def origin_of(url: str) -> str:
    """For messages: scheme as given, host and port, never user, path or query; safe for any text."""
    try:
        origin = base_of(url)[0]
    except ConfigurationError:
        return "the given URL"
    return tidy(f"{urlsplit(url.strip()).scheme}://{origin.partition('://')[2]}")


def seconds_of(date: str | None) -> float | None:
    """Seconds since the epoch of an HTTP Date (RFC 9110 section 5.6.7), None when it is none."""
    from datetime import UTC
    from email.utils import parsedate_to_datetime

    if not date:
        return None
    try:
        moment = parsedate_to_datetime(date)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    except (ValueError, TypeError, OverflowError):
        return None


class TwirpError(Exception):
    """An error that Twirp itself answers. Twirp v7: ``{code, msg}``; code "unknown" and "" when it names none."""

    def __init__(self, status: int, said: Any) -> None:
        super().__init__(f"status {status}")
        named = said if isinstance(said, dict) else {}
        self.status = status
        self.code = named.get("code", "unknown")
        self.message = named.get("msg", "")


async def exchange(
    session: aiohttp.ClientSession,
    url: str,
    body: bytes,
    authorization: str,
    limit: aiohttp.ClientTimeout,
) -> bytes:
    """One Twirp call: the body of its answer. Raises TwirpError, NotTwirpError or what aiohttp raises."""
    async with session.post(
        url,
        data=body,
        headers={"Authorization": authorization, "Content-Type": PROTOBUF},
        timeout=limit,
        # A POST becomes a GET behind most redirects, and the token would go to a place nobody named.
        allow_redirects=False,
    ) as response:
        await look(response)
        raw = await response.read()
        if response.status == HTTPStatus.OK:
            return raw
    raise TwirpError(response.status, _json(raw))


async def fetch(
    session: aiohttp.ClientSession, url: str, authorization: str, limit: aiohttp.ClientTimeout
) -> AsyncIterator[bytes]:
    """The body of a file, piece by piece. Raises TwirpError, NotTwirpError or what aiohttp raises."""
    async with session.get(
        url, headers={"Authorization": authorization}, timeout=limit, allow_redirects=False
    ) as response:
        if response.status != HTTPStatus.OK or FILE_MARK not in response.headers:
            # Any other 200 is somebody else's.
            await look(response)
            raise TwirpError(response.status, _json(await response.read()))
        async for piece in response.content.iter_chunked(PIECE):
            yield piece


def _json(raw: bytes) -> Any:
    try:
        return json.loads(raw)
    except ValueError:
        return None


async def look(response: aiohttp.ClientResponse, kind: type[NotTwirpError] = NotTwirpError) -> None:
    """Raise ``kind`` for every redirect and every answer that is not Twirp."""
    # Twirp v7: success in the request's content type, errors always as JSON.
    headers = response.headers
    redirects = "Location" in headers
    expected = PROTOBUF if response.status == HTTPStatus.OK else "application/json"
    if not redirects and (
        headers.get("Content-Type") == expected or response.content_type == expected
    ):
        return
    raw = b""
    try:
        while not redirects and len(raw) < _READ and (c := await response.content.read(_READ)):
            raw += c
    finally:
        response.close()
    raise kind(
        response.status,
        text=raw.decode("utf-8", "replace"),
        location=_shown(headers.get("Location", "")),
        date=seconds_of(headers.get("Date")),
    )


def watch() -> aiohttp.ClientMiddlewareType:
    """A middleware that looks at what livekit-api gets, before livekit-api does."""
    import aiohttp

    class NotTwirpServerError(NotTwirpError, aiohttp.ClientError):
        """Of a 5xx: livekit-api moves to another region of LiveKit Cloud when it sees a ClientError."""

    async def looking(
        request: aiohttp.ClientRequest, send: aiohttp.ClientHandlerType
    ) -> aiohttp.ClientResponse:
        response = await send(request)
        failed = response.status >= SERVER_ERRORS
        await look(response, NotTwirpServerError if failed else NotTwirpError)
        return response

    return looking


def _shown(location: str) -> str:
    """A redirect's target without user and query, which may hold secrets."""
    try:
        parts = urlsplit(location)
    except ValueError:
        return "an unreadable address"
    return (
        f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"
        if parts.netloc
        else parts.path
    )
