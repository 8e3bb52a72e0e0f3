"""Webhooks as LiveKit sends them. protocol webhook/resource_url_notifier.go.

Signed with HS256 and the sum of the body; five tries with waits of 1, 2, 4 and 8 s after a network
error, 429 and 5xx but 501; every other answer counts as delivered. Events of one resource (a room, an
egress) go to one URL one after the other. Two differences, both on purpose: an endpoint that says nothing is given up after 10 s
(LiveKit waits for ever), and redirects are not followed.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
import logging
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from greenroom.domain.errors import ConfigurationError
from greenroom.domain.urls import split_url

if TYPE_CHECKING:
    from livekit.protocol.webhook import WebhookEvent

    from greenroom.domain.ports import Clock

WAITS = (1, 2, 4, 8)
"""Seconds before the second and each later try."""
DEEPEST = 200
"""Events that wait for one resource and URL; what comes on top is dropped."""
OLDEST = 30
"""Seconds after which a waiting event is dropped."""
VALID = 300
"""Seconds that the signature is valid."""
PATIENCE = 10.0
_RETRIED = frozenset({429})
_NOT_RETRIED = frozenset({501})
_SERVER_ERRORS = 500
log = logging.getLogger(__name__)


def sign(body: bytes, key: str, secret: str, now: float) -> str:
    """The JWT for the Authorization header, without ``Bearer``."""
    digest = base64.b64encode(hashlib.sha256(body).digest()).decode()
    claims = {"exp": int(now) + VALID, "iss": key, "nbf": int(now), "sha256": digest}
    signed = f"{_part({'alg': 'HS256', 'typ': 'JWT'})}.{_part(claims)}"
    return f"{signed}.{_base64(hmac.digest(secret.encode(), signed.encode(), 'sha256'))}"


def _part(value: Mapping[str, Any]) -> str:
    return _base64(json.dumps(value, separators=(",", ":")).encode())


def _base64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def require_url(url: str) -> None:
    """Raises ConfigurationError (invalid-url) for what is no http or https URL."""
    if split_url(url, {"http", "https"}) is None:
        msg = f"The webhook URL {url} cannot be used."
        hint = "It looks like http://127.0.0.1:3000/hook, or https://example.com/hook."
        raise ConfigurationError(msg, code="invalid-url", hint=hint)


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where events are posted, and the API key that signs them."""

    url: str
    key: str
    secret: str = field(repr=False)


def body_of(event: WebhookEvent) -> bytes:
    """The event as it is posted: protojson."""
    from google.protobuf.json_format import MessageToDict

    shown = MessageToDict(event)
    return json.dumps(shown, ensure_ascii=False, separators=(",", ":")).encode()


class Notifier:
    """Queues events and sends them in the background. Needs a running loop."""

    def __init__(self, clock: Clock, mark: str) -> None:
        """``mark``: the header that says who sends them, beside LiveKit's own."""
        self._clock = clock
        self._mark = mark
        self._waiting: dict[tuple[str, str], deque[tuple[float, bytes]]] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def queue(self, endpoint: Endpoint, resource: str, body: bytes) -> None:
        """Send it after what was queued before for the same URL and resource."""
        key = (endpoint.url, resource)
        waiting = self._waiting.get(key)
        if waiting is None:
            waiting = self._waiting[key] = deque()
            task = asyncio.get_running_loop().create_task(self._work(endpoint, key, waiting))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        if len(waiting) >= DEEPEST:
            log.warning("dropped a webhook for %s: %d are waiting", endpoint.url, DEEPEST)
            return
        waiting.append((self._clock.now(), body))

    async def _work(
        self, endpoint: Endpoint, key: tuple[str, str], waiting: deque[tuple[float, bytes]]
    ) -> None:
        try:
            while waiting:
                queued, body = waiting.popleft()
                if self._clock.now() - queued > OLDEST:
                    log.warning("dropped a webhook for %s: it is older than %d s", key[0], OLDEST)
                    continue
                await self._deliver(endpoint, body)
        finally:
            del self._waiting[key]

    async def _deliver(self, endpoint: Endpoint, body: bytes) -> None:
        # One signature for all tries, as LiveKit does.
        url = endpoint.url
        token = sign(body, endpoint.key, endpoint.secret, self._clock.now())
        for wait in (*WAITS, None):
            try:
                async with asyncio.timeout(PATIENCE):
                    status = await post(url, body, token, self._mark)
            except (OSError, EOFError, TimeoutError, ValueError) as error:
                status, said = 0, str(error) or type(error).__name__
            else:
                said = f"status {status}"
            again = status == 0 or status in _RETRIED or status >= _SERVER_ERRORS
            if not again or status in _NOT_RETRIED:
                return
            if wait is not None:
                await self._clock.sleep(wait)
        log.warning("gave up a webhook for %s after %d tries: %s", url, len(WAITS) + 1, said)

    async def sent(self) -> None:
        """Return when nothing waits any more."""
        while self._tasks:
            await asyncio.wait(set(self._tasks))

    async def close(self, patience: float = 1.0) -> None:
        """Give what waits a moment, then drop it."""
        if self._tasks:
            await asyncio.wait(set(self._tasks), timeout=patience)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


async def post(url: str, body: bytes, token: str, mark: str) -> int:
    """POST on a connection of its own; the status. ``mark``: a header more. Raises OSError, EOFError and ValueError."""
    parts = urlsplit(url)
    secure = parts.scheme == "https"
    host = parts.hostname or ""
    reader, writer = await asyncio.open_connection(
        host, parts.port or (443 if secure else 80), ssl=True if secure else None
    )
    target = f"{parts.path or '/'}{'?' + parts.query if parts.query else ''}"
    head = (
        f"POST {target} HTTP/1.1\r\nHost: {parts.netloc.rpartition('@')[2]}\r\n"
        f"User-Agent: Go-http-client/1.1\r\nContent-Length: {len(body)}\r\n"
        f"Authorization: {token}\r\nContent-Type: application/webhook+json\r\n"
        f"{mark}\r\nConnection: close\r\n\r\n"
    )
    try:
        writer.write(head.encode() + body)
        await writer.drain()
        status = (await reader.readline()).split()
        if len(status) < 2 or not status[0].startswith(b"HTTP/"):
            raise ValueError("the answer is not HTTP")
        return int(status[1])
    finally:
        writer.close()
