"""A look at a server from outside."""

from __future__ import annotations

from email.utils import parsedate_to_datetime

PATIENCE = 3.0
"""Seconds."""


def http_url(url: str) -> str:
    """ws → http, wss → https; no slash at the end."""
    if url.startswith("ws"):
        url = f"http{url[2:]}"
    return url.rstrip("/")


class HttpProbe:
    """ports.Probe over plain HTTP."""

    def __init__(self, url: str) -> None:
        self._url = http_url(url)

    async def server_time(self) -> float | None:
        """The Date header of ``GET /`` (RFC 9110 section 6.6.1); None when there is none, or no answer."""
        import aiohttp

        patience = aiohttp.ClientTimeout(total=PATIENCE)
        try:
            async with aiohttp.ClientSession(timeout=patience) as session, session.get(self._url) as answer:
                return parsedate_to_datetime(answer.headers["Date"]).timestamp()
        except (aiohttp.ClientError, TimeoutError, KeyError, ValueError, OSError):
            return None
