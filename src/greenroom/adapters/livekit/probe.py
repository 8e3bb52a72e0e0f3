"""A look at a server from outside, without credentials."""

from __future__ import annotations

from typing import TYPE_CHECKING

from greenroom.adapters.livekit.wire import base_of, seconds_of
from greenroom.domain.errors import ConfigurationError

if TYPE_CHECKING:
    import aiohttp


class HttpProbe:
    """ports.Probe over HTTP: livekit-server and every proxy put a Date on each answer."""

    def __init__(self, url: str, *, timeout: float = 3.0) -> None:
        self._url = url
        self._timeout = timeout

    async def server_time(self) -> float | None:
        """The server's clock (seconds since the epoch, from its Date header), None when it says none.

        Never raises for a server that is away, slow or strange; all tries together take ``timeout``.
        """
        import asyncio

        import aiohttp

        try:
            origin, path = base_of(self._url)
            async with (
                asyncio.timeout(self._timeout),
                aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as session,
            ):
                return await _first_date(session, f"{origin}/{path}")
        except (ConfigurationError, aiohttp.ClientError, OSError, ValueError):
            # OSError covers TimeoutError; ValueError is a URL that only yarl finds unusable.
            return None


async def _first_date(session: aiohttp.ClientSession, url: str) -> float | None:
    """From HEAD, which costs no body; from GET where a server does not know HEAD."""
    import aiohttp

    for method in ("HEAD", "GET"):
        try:
            # A redirect's own Date is as good as any, and its target may be anywhere.
            async with session.request(method, url, allow_redirects=False) as answer:
                moment = seconds_of(answer.headers.get("Date"))
        except (aiohttp.ServerDisconnectedError, aiohttp.ClientResponseError):
            continue
        if moment is not None:
            return moment
    return None
