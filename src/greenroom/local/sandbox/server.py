"""The sandbox as a server: who may come in, and which part answers. livekit-server pkg/service/server.go."""

from __future__ import annotations

import asyncio
import logging
import posixpath
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode

from greenroom.domain.errors import ConfigurationError
from greenroom.local.http import HttpServer, Request, Response, parameters
from greenroom.local.sandbox.control import PATH as CONTROL
from greenroom.local.sandbox.control import Control
from greenroom.local.sandbox.egress import Egresses
from greenroom.local.sandbox.faults import Faults
from greenroom.local.sandbox.joining import JoinRefused, check_join, join_with, read_wish
from greenroom.local.sandbox.state import StateFile, copy_of
from greenroom.local.sandbox.twirp import PREFIX, Twirp
from greenroom.local.sandbox.webhooks import Webhooks
from greenroom.local.sandbox.world import World
from greenroom.local.system_time import SystemTime
from greenroom.local.twirp.calls import error_response
from greenroom.local.twirp.refusals import Refusal
from greenroom.local.twirp.tokens import BadToken, Claims, read_token

if TYPE_CHECKING:
    from greenroom.domain.ports import Clock
    from greenroom.local.sandbox.people import Person

HEADER = "X-Greenroom-Sandbox"
SAYS = "a double of LiveKit; media is not simulated"
TICK = 1.0
"""Seconds between looks for idle rooms and changes to store."""
NO_MEDIA = (
    "This is Greenroom's sandbox: media and the signal connection are not simulated, so nobody can join "
    f"here. People join by command: POST {CONTROL}/join."
)
VALIDATE = {"/rtc/validate": False, "/rtc/v1/validate": True}
"""Path → whether it needs ``join_request``."""
SIGNAL = {"/rtc": False, "/rtc/v1": True}
log = logging.getLogger(__name__)


class Sandbox:
    """A sandbox that runs. Use ``start``; ``world`` holds rooms and people, ``faults`` what goes wrong."""

    def __init__(
        self,
        keys: Mapping[str, str],
        *,
        webhook_urls: Sequence[str],
        webhook_key: str | None,
        clock: Clock,
        remote_unmute: bool,
        egress: bool = True,
    ) -> None:
        if not keys or not all(keys.values()) or webhook_key not in {None, *keys}:
            msg = "The sandbox needs API keys with secrets, and a webhook key that is one of them."
            hint = "Give keys={'APIkey': 'secret'}."
            raise ConfigurationError(msg, code="credentials-incomplete", hint=hint)
        self.keys = dict(keys)
        self.url = ""
        """ws:// and the address it listens at."""
        self.port = 0
        self.faults = Faults()
        signer = webhook_key or next(iter(keys))
        self.webhooks = Webhooks(webhook_urls, {signer: keys[signer], **keys}, clock)
        self.world = World(clock.now, self.webhooks.tell)
        if egress:
            self.world.egresses = Egresses(self.world, self.webhooks)
        self._clock = clock
        self._twirp = Twirp(
            self.world, self.faults, lambda: copy_of(self.world), remote_unmute=remote_unmute
        )
        self._control = Control(self.world, self.faults, self.keys)

    @staticmethod
    @asynccontextmanager
    async def start(
        host: str = "127.0.0.1",
        port: int = 0,
        *,
        keys: Mapping[str, str],
        webhook_urls: Sequence[str] = (),
        webhook_key: str | None = None,
        state_file: Path | None = None,
        clock: Clock | None = None,
        remote_unmute: bool = True,
        egress: bool = True,
    ) -> AsyncIterator[Sandbox]:
        """Listen until the block ends. ``port`` 0 takes a free one; ``webhook_key`` is the first key by default.
        ``egress`` False: calls for egress are answered as by a server without Redis.

        Raises OSError (the port is taken) and ConfigurationError (credentials-incomplete, invalid-url,
        sandbox-failed for a state file that cannot be read).
        """
        sandbox = Sandbox(
            keys,
            webhook_urls=webhook_urls,
            webhook_key=webhook_key,
            clock=clock or SystemTime(),
            remote_unmute=remote_unmute,
            egress=egress,
        )
        store = StateFile(state_file) if state_file else None
        if store:
            store.load(sandbox.world)
        http = HttpServer(sandbox.answer, sandbox.world.now)
        sandbox.port = await http.start(host, port)
        sandbox.url = f"ws://{f'[{host}]' if ':' in host else host}:{sandbox.port}"
        ticking = asyncio.create_task(sandbox._tick(store))
        try:
            yield sandbox
        finally:
            ticking.cancel()
            await asyncio.gather(ticking, return_exceptions=True)
            await http.close()
            await sandbox.webhooks.close()
            _store(store, sandbox.world)

    def join_with(self, token: str) -> Person:
        """Let the bearer of a join token in, checked as ``/rtc`` does. Raises Refusal."""
        return join_with(self.world, token, self.keys)

    async def _tick(self, store: StateFile | None) -> None:
        """The world's own clock may be a test's; looking at it is done in real time."""
        while True:
            await asyncio.sleep(TICK)
            self.world.close_idle()
            _store(store, self.world)

    async def answer(self, request: Request) -> Response | None:
        """Answer a request; None ends the connection, because a fault wants it."""
        self.world.close_idle()
        try:
            response = await self._route(request)
        except Exception:
            log.exception("the sandbox failed at %s %s", request.method, request.path)
            response = error_response(Refusal("internal", "Internal service panic"))
        if response is not None:
            response.headers[HEADER] = SAYS
            _allow_origin(request, response)
        return response

    async def _route(self, request: Request) -> Response | None:
        if request.method == "OPTIONS" and "access-control-request-method" in request.headers:
            return Response(status=204)
        path = request.path[1:] if request.path.startswith("//") else request.path
        given = {**request.query, **_form(request)}
        try:
            claims = read_token(
                request.headers.get("authorization", ""),
                given.get("access_token", ""),
                self.keys,
                self._clock.now(),
            )
        except BadToken as bad:
            return _allow_validate(path, _text(401, str(bad)))
        service = self._twirp.knows(path)
        clean = _clean(path) + ("/" if path == f"{PREFIX}{service}" else "")
        if clean != path:
            return _redirect(clean, request.query)
        if service is not None:
            return await self._twirp.answer(service, replace(request, path=path), claims)
        return self._plain(replace(request, path=path), given, claims)

    def _plain(self, request: Request, given: Mapping[str, str], claims: Claims) -> Response:
        path = request.path
        if path in VALIDATE or path in SIGNAL:
            return _allow_validate(path, _join_answer(request, given, claims))
        if path == CONTROL or path.startswith(f"{CONTROL}/"):
            return self._control.answer(request, claims)
        if path == "/":
            return _text(200, "OK")
        missing = _text(404, "404 page not found\n")
        missing.headers["X-Content-Type-Options"] = "nosniff"
        return missing


def _join_answer(request: Request, given: Mapping[str, str], claims: Claims) -> Response:
    signal = request.path in SIGNAL
    if signal and request.headers.get("upgrade", "").lower() != "websocket":
        return Response(status=404)
    needed = SIGNAL[request.path] if signal else VALIDATE[request.path]
    try:
        check_join(claims, read_wish(given, claims, needs_request=needed))
    except JoinRefused as refused:
        return _text(refused.status, refused.words)
    return _text(501, NO_MEDIA) if signal else _text(200, "success")


def _text(status: int, words: str) -> Response:
    return Response(status=status, body=words.encode("utf-8", "replace"))


def _form(request: Request) -> Mapping[str, str]:
    """Go's FormValue reads a POSTed form, and before the query."""
    media = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media != "application/x-www-form-urlencoded":
        return {}
    return parameters(request.body.decode("utf-8", "replace"))


def _clean(path: str) -> str:
    """Go's ServeMux sends clients to the path without empty, ``.`` and ``..`` parts."""
    clean = posixpath.normpath(path)
    clean = clean if not clean.startswith("//") else clean[1:]
    return f"{clean}/" if clean != "/" and path.endswith("/") else clean


def _redirect(path: str, query: Mapping[str, str]) -> Response:
    asked = f"?{urlencode(query, quote_via=quote)}" if query else ""
    return Response(status=307, headers={"Location": f"{quote(path)}{asked}"})


def _allow_validate(path: str, response: Response) -> Response:
    if path in VALIDATE:
        response.headers["Access-Control-Allow-Origin"] = "*"
    return response


def _allow_origin(request: Request, response: Response) -> None:
    """CORS as livekit-server has it: every origin, for tokens are what protects it."""
    origin = request.headers.get("origin")
    response.headers["Vary"] = "Origin"
    if origin is None:
        return
    response.headers["Access-Control-Allow-Origin"] = origin
    response.headers["Access-Control-Expose-Headers"] = "*"
    if request.method == "OPTIONS":
        asked = request.headers.get("access-control-request-method", "")
        response.headers["Access-Control-Allow-Methods"] = asked
        response.headers["Access-Control-Allow-Headers"] = request.headers.get(
            "access-control-request-headers", "*"
        )
        response.headers["Access-Control-Max-Age"] = "86400"


def _store(store: StateFile | None, world: World) -> None:
    """A full disk must not stop a server that lives in memory: say so, try again later."""
    if store is None:
        return
    try:
        store.save(world)
    except OSError as error:
        log.warning("the sandbox's state was not stored: %s", error)
