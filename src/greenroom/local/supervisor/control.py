"""The supervisor's control: HTTP on a Unix socket, and on a TCP port of loopback when that is asked for.

    GET  /status             read      how it stands, as in daemon.json
    GET  /people             read      {"rooms": {room: [identities]}}
    GET  /recordings         read      {"rooms": [room]}: those that the recorder records or waits to record
    POST /stop               destroy   stop everything; recordings are finished first
    POST /rotate-key         destroy   a new key beside the old one; the server restarts
    POST /rotate-key/finish  destroy   the old key ends; the server restarts

Errors are ``{"error": {code, message, hint, retryable}}``. Over TCP a bearer token with the scope is needed (``access``).
"""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

from greenroom.domain.errors import ConfigurationError, GreenroomError
from greenroom.local.http import HttpServer, Request, Response
from greenroom.local.supervisor.access import Tokens, from_this_machine

Command = Callable[[], Awaitable[Mapping[str, Any]]]
LOOPBACK = "127.0.0.1"


class UnixHttpServer(HttpServer):
    """The same HTTP on a Unix socket."""

    async def start_at(self, path: Path) -> None:
        """Listen, 0600 from the first moment. Raises ConfigurationError (control-failed)."""
        old = os.umask(0o177)
        try:
            # Whoever holds the lock owns the path: what is there was left behind.
            path.unlink(missing_ok=True)  # noqa: ASYNC240 - nothing is served yet
            self._server = await asyncio.start_unix_server(self._connected, path)
        except OSError as error:
            msg = f"The control socket {path} cannot be made: {error.strerror or error}."
            hint = "Choose another home with --home: some file systems have no sockets."
            raise ConfigurationError(msg, code="control-failed", hint=hint) from error
        finally:
            os.umask(old)


class Control:
    """Listens until it is closed. ``commands``: ``(method, path)`` → scope and what to do."""

    def __init__(
        self, commands: Mapping[tuple[str, str], tuple[str, Command]], tokens: Tokens
    ) -> None:
        self._commands = commands
        self._tokens = tokens
        self._unix: UnixHttpServer | None = None
        self._tcp: HttpServer | None = None
        self.port: int | None = None

    async def start(self, socket: Path, port: int | None, now: Callable[[], float]) -> None:
        """Listen at the socket, and at a port unless that is None. Raises ConfigurationError."""
        self._unix = UnixHttpServer(self._answer, now)
        await self._unix.start_at(socket)
        if port is not None:
            self._tcp = HttpServer(self._answer_over_tcp, now)
            self.port = await self._tcp.start(LOOPBACK, port)

    async def close(self) -> None:
        """Stop listening."""
        for server in (self._unix, self._tcp):
            if server is not None:
                await server.close()

    async def _answer_over_tcp(self, request: Request) -> Response:
        if not from_this_machine(request.headers, self.port or 0):
            return _error(403, "permission-denied", "Host or Origin is not this server's.")
        try:
            scopes = self._tokens.scopes_of(request.headers.get("authorization", ""))
        except GreenroomError as error:
            return _json(500, {"error": error.as_dict()})
        if not scopes:
            answer = _error(401, "unauthenticated", "A bearer token is needed.")
            answer.headers["WWW-Authenticate"] = "Bearer"
            return answer
        return await self._answer(request, scopes)

    async def _answer(self, request: Request, scopes: frozenset[str] | None = None) -> Response:
        scope, command = self._commands.get((request.method, request.path), ("", None))
        if command is None:
            return _error(404, "not-found", "There is no such command.")
        if scopes is not None and scope not in scopes:
            return _error(403, "permission-denied", f"The token lacks the scope {scope}.")
        try:
            return _json(200, await command())
        except GreenroomError as error:
            return _json(409, {"error": error.as_dict()})


def _error(status: int, code: str, message: str) -> Response:
    error = {"code": code, "message": message, "hint": "", "retryable": False}
    return _json(status, {"error": error})


def _json(status: int, shape: Mapping[str, Any]) -> Response:
    body = json.dumps(shape).encode()
    return Response(status=status, body=body, content_type="application/json")
