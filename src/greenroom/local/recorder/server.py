"""The recorder as a server: who may come in, and which service answers."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from aiohttp import ClientError
from livekit import api

from greenroom.domain.errors import ConfigurationError
from greenroom.domain.urls import split_url
from greenroom.local.egress.rpcs import EgressService, OwnService
from greenroom.local.egress.webhooks import EgressWebhooks
from greenroom.local.http import HttpServer, Request, Response
from greenroom.local.recorder.awaiting import Awaiting
from greenroom.local.recorder.egresses import Egresses
from greenroom.local.recorder.passed_time import PassedTime
from greenroom.local.recorder.retention import Retention
from greenroom.local.recorder.serving import FILES, sent
from greenroom.local.recorder.store import Store
from greenroom.local.system_time import SystemTime
from greenroom.local.twirp.calls import Call, error_response
from greenroom.local.twirp.refusals import Refusal
from greenroom.local.twirp.tokens import BadToken, Claims, read_token, require

HEADER = "X-Greenroom-Recorder"
WEBHOOK_MARK = f"{HEADER}: webhook"
LIVEKIT, OWN = "/twirp/livekit.Egress/", "/twirp/greenroom.Egress/"
log = logging.getLogger("greenroom.recorder")


class Recorder:
    """A recorder that runs. Use ``start``."""

    def __init__(
        self, keys: Mapping[str, str], egresses: Egresses, awaiting: Awaiting, retention: Retention
    ) -> None:
        self.url = ""
        """http:// and the address it listens at: what SDKs are given as LiveKit's URL for egress."""
        self.port = 0
        self.egresses = egresses
        self._keys = dict(keys)
        self._clock = SystemTime()
        self._services: dict[str, EgressService | OwnService] = {
            LIVEKIT: EgressService(egresses),
            OWN: OwnService(egresses, awaiting, retention),
        }

    @staticmethod
    @asynccontextmanager
    async def start(
        host: str = "127.0.0.1",
        port: int = 0,
        *,
        url: str,
        keys: Mapping[str, str],
        folder: Path,
        state: Path,
        webhook_urls: Sequence[str] = (),
    ) -> AsyncIterator[Recorder]:
        """Record rooms of the LiveKit server at ``url`` into ``folder``, until the block ends.

        ``keys``: API keys and secrets; the first one joins rooms and signs webhooks. ``state``: a folder for what is
        known of recordings. Raises OSError (the port is taken) and ConfigurationError (credentials-incomplete,
        invalid-url, already-running, home-not-writable, disk-full).
        """
        _require(url, keys)
        key, secret = next(iter(keys.items()))
        store, clock = Store(state), SystemTime()
        webhooks = EgressWebhooks(webhook_urls, keys, clock, WEBHOOK_MARK)
        with store.held():
            async with api.LiveKitAPI(url, key, secret) as livekit:
                passed = PassedTime(store.path("time.json"), clock)
                egresses = Egresses(
                    livekit.room,
                    url=url,
                    token=_tokens(key, secret),
                    root=folder,
                    store=store,
                    clock=clock,
                    passed=passed,
                    webhooks=webhooks,
                )
                awaiting = Awaiting(egresses, livekit.room, clock)
                retention = Retention(egresses.archive, store, passed)
                recorder = Recorder(keys, egresses, awaiting, retention)
                http = HttpServer(recorder.answer, clock.now)
                recorder.port = await http.start(host, port)
                recorder.url = f"http://{f'[{host}]' if ':' in host else host}:{recorder.port}"
                ageing = None
                try:
                    await egresses.recover()
                    awaiting.look()
                    ageing = asyncio.create_task(retention.run())
                    yield recorder
                finally:
                    if ageing is not None:
                        ageing.cancel()
                        await asyncio.gather(ageing, return_exceptions=True)
                    await egresses.close()
                    await http.close()
                    await awaiting.close()
                    await webhooks.close()

    async def answer(self, request: Request) -> Response:
        """Answer a request."""
        try:
            response = await self._route(request)
        except Refusal as refusal:
            response = error_response(refusal)
        except api.ServerError as error:
            # What the LiveKit server said when it was asked about the room.
            response = error_response(Refusal(error.code, error.message))
        except (ClientError, TimeoutError) as error:
            words = f"The LiveKit server does not answer: {str(error) or 'it took too long'}."
            response = error_response(Refusal("unavailable", words))
        except Exception:
            log.exception("the recorder failed at %s %s", request.method, request.path)
            response = error_response(Refusal("internal", "Internal service panic"))
        response.headers[HEADER] = "recordings are made by Greenroom"
        return response

    async def _route(self, request: Request) -> Response:
        for prefix, service in self._services.items():
            if request.path.startswith(prefix):
                claims = self._claims(request)
                if isinstance(claims, Response):
                    return claims
                return await Call(service, prefix, request).run(service, claims)
        if request.path.startswith(FILES) and request.method in {"GET", "HEAD"}:
            claims = self._claims(request)
            if isinstance(claims, Response):
                return claims
            require(claims, "roomRecord")
            return sent(self.egresses, request.path)
        if request.path == "/":
            return Response(body=b"OK")
        return Response(status=404, body=b"404 page not found\n")

    def _claims(self, request: Request) -> Claims | Response:
        try:
            authorization = request.headers.get("authorization", "")
            parameter = request.query.get("access_token", "")
            return read_token(authorization, parameter, self._keys, self._clock.now())
        except BadToken as bad:
            return Response(status=401, body=str(bad).encode("utf-8", "replace"))


def _tokens(key: str, secret: str) -> Callable[[str, str], str]:
    """Makes tokens to join a room with, unseen, by the room's name and an identity."""

    def token(room: str, identity: str) -> str:
        grants = api.VideoGrants(
            room_join=True,
            room=room,
            hidden=True,
            recorder=True,
            can_publish=False,
            can_publish_data=False,
            can_subscribe=True,
        )
        made = api.AccessToken(key, secret).with_identity(identity).with_kind("egress")
        return made.with_grants(grants).to_jwt()

    return token


def _require(url: str, keys: Mapping[str, str]) -> None:
    if not keys or not all(keys.values()):
        msg = "The recorder needs API keys of the LiveKit server, with their secrets."
        hint = "Give keys={'APIkey': 'secret'}."
        raise ConfigurationError(msg, code="credentials-incomplete", hint=hint)
    if split_url(url, {"ws", "wss", "http", "https"}) is None:
        msg = f"The LiveKit server's URL {url} cannot be used."
        hint = "It looks like ws://127.0.0.1:7880."
        raise ConfigurationError(msg, code="invalid-url", hint=hint)
