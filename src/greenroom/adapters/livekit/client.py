"""One LiveKit server over Twirp v7: connections, tokens, retries. On LiveKit Cloud through livekit-api's client."""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import quote

from greenroom.adapters.livekit.errors import FAULTS, Fault, translate
from greenroom.adapters.livekit.wire import base_of, exchange, fetch, watch
from greenroom.domain.errors import GreenroomError, InvalidRequest, ServerError
from greenroom.domain.ports import Clock
from greenroom.domain.shape import without
from greenroom.domain.urls import is_cloud

if TYPE_CHECKING:
    import aiohttp
    from google.protobuf.message import Message
    from livekit.api.twirp_client import TwirpClient

TOKEN_LIFE = 600
"""Seconds. A token of ours is renewed at half of it."""
TOKEN_START = 10
"""Seconds before now that a token starts, for a server whose clock is a little behind."""
TOKENS_KEPT = 512
EXTRA_TRIES = 2
FIRST_PAUSE = 0.1
REPEATABLE = frozenset({"connection-refused", "connection-failed", "unavailable"})
"""Codes after which a read is tried again: the next moment may be better."""
MASK = "[secret]"

M = TypeVar("M", bound="Message")
T = TypeVar("T")


class LiveKitClient:
    """Calls to any service of one server. Opens connections on first use; ``close`` ends them.

    Reads are tried up to three times where the connection breaks or the server is unavailable. Writes
    are sent once: their outcome may be unknown, and a second try would answer for the first. On
    LiveKit Cloud livekit-api's client does this for reads, by moving to another region; elsewhere
    it has nothing to add, and importing it takes as long as all other work of a fresh process.
    """

    def __init__(
        self,
        url: str,
        mint: Callable[[Mapping[str, Any]], str],
        *,
        clock: Clock,
        timeout: float = 10.0,
        hide: Callable[[str], str] = str,
        faults: Mapping[str, Fault] = FAULTS,
    ) -> None:
        """``mint`` signs claims and adds ``iss``; ``hide`` takes the API secret out of others' text.

        ``faults``: what errors of this server mean, where it is another program than livekit-server.
        """
        self._url = url
        self._origin, path = base_of(url)
        self._prefix = f"{path}/twirp" if path else "twirp"
        self._services = f"{self._origin}/{self._prefix}/"
        self._cloud = is_cloud(self._origin)
        self._mint = mint
        self._hide = hide
        self._clock = clock
        self._timeout = timeout
        self._faults = faults
        self._session: aiohttp.ClientSession | None = None
        self._clients: dict[bool, TwirpClient] = {}
        self._tokens: OrderedDict[tuple[tuple[str, str | bool], ...], tuple[str, float]] = (
            OrderedDict()
        )

    @property
    def origin(self) -> str:
        """Scheme, host and port: http or https, and nothing secret."""
        return self._origin

    def beside(self, url: str, faults: Mapping[str, Fault] = FAULTS) -> LiveKitClient:
        """A client for another server that knows the same API key, with connections of its own to close."""
        return LiveKitClient(
            url,
            self._mint,
            clock=self._clock,
            timeout=self._timeout,
            hide=self._hide,
            faults=faults,
        )

    async def close(self) -> None:
        """Close all connections. A later call opens new ones."""
        session, self._session = self._session, None
        self._clients.clear()
        if session is not None:
            await session.close()

    async def read(
        self,
        path: str,
        request: Message,
        grants: Mapping[str, str | bool],
        answer: type[M],
        doing: str,
    ) -> M:
        """A call that changes nothing, repeated where that may help. Arguments as those of ``call``."""

        def once() -> Awaitable[M]:
            return self.call(path, request, grants, answer, doing, failover=True)

        # livekit-api repeats on Cloud by itself: ours on top would make nine tries of three.
        return await self._persist(once, 0 if self._cloud else EXTRA_TRIES)

    async def _persist(self, once: Callable[[], Awaitable[T]], extra: int) -> T:
        for attempt in range(extra):
            try:
                return await once()
            except GreenroomError as error:
                if error.code not in REPEATABLE:
                    raise
            await self._clock.sleep(FIRST_PAUSE * 2**attempt)
        return await once()

    async def call(
        self,
        path: str,
        request: Message,
        grants: Mapping[str, str | bool],
        answer: type[M],
        doing: str,
        *,
        failover: bool = False,
        seconds: float | None = None,
        secrets: Iterable[str] = (),
    ) -> M:
        """One call of ``path`` ("RoomService/ListRooms"). ``doing`` begins the message of what is raised.

        ``failover``: it changes nothing, so another region of LiveKit Cloud may answer in its place.

        A service that is not of the package ``livekit`` is named with its own ("greenroom.Egress/PauseEgress").
        ``seconds`` to wait in place of the client's; ``secrets`` of the request are taken out of what is raised.
        Raises ServerError, ConfigurationError or PreconditionFailed, as the table of errors says.
        """
        authorization = f"Bearer {self._token(grants)}"
        session = self._open()
        limit = session.timeout if seconds is None else _total(seconds)
        try:
            if not self._cloud:
                url = f"{self._services}{path if '.' in path else f'livekit.{path}'}"
                body = request.SerializeToString()
                raw = await exchange(session, url, body, authorization, limit)
                return answer.FromString(raw)
            service, _, method = path.partition("/")
            return await self._client(failover=failover).request(
                service,
                method,
                request,
                {"Authorization": authorization},
                answer,
                # Without it livekit-api says None, which aiohttp takes for "for ever".
                timeout=limit,
            )
        except Exception as exception:  # noqa: BLE001 - whatever it is, the table has a row for it
            wrong = self._translated(exception, doing, secrets, changes=not failover)
        # Raised out here so that it has no context: aiohttp's exceptions carry our headers.
        raise wrong

    async def file(
        self, path: str, size: int, grants: Mapping[str, str | bool], doing: str
    ) -> AsyncIterator[bytes]:
        """A file of the server below its URL, piece by piece. Raises as ``call``, and ServerError (connection-failed) for one of another size."""
        authorization = f"Bearer {self._token(grants)}"
        url = f"{self._services.removesuffix('twirp/')}{quote(path)}"
        session, came = self._open(), 0
        try:
            async for piece in fetch(session, url, authorization, _between(self._timeout)):
                came += len(piece)
                yield piece
        except Exception as exception:  # noqa: BLE001 - whatever it is, the table has a row for it
            wrong = self._translated(exception, doing, changes=False)
        else:
            if came == size:
                return
            message = f"While {doing}: {came} bytes came, and not {size}."
            wrong = ServerError(message, code="connection-failed", hint="Ask for it again.")
        raise wrong

    def _translated(
        self, exception: Exception, doing: str, secrets: Iterable[str] = (), *, changes: bool
    ) -> GreenroomError:
        return translate(
            exception,
            doing=doing,
            url=self._url,
            now=self._clock.now(),
            hide=_hiding(self._hide, secrets),
            faults=self._faults,
            changes=changes,
        )

    def _token(self, grants: Mapping[str, str | bool]) -> str:
        """A token for one set of grants, least privilege, signed once in five minutes and not a call."""
        key = tuple(sorted(grants.items()))
        now = self._clock.now()
        token, minted = self._tokens.get(key, ("", -math.inf))
        # A clock set back makes tokens of the future, which a server refuses: mint again then too.
        if not 0 <= now - minted < TOKEN_LIFE / 2:
            start = int(now) - TOKEN_START
            claims = {
                "sub": "greenroom",
                "nbf": start,
                "exp": int(now) + TOKEN_LIFE,
                "video": dict(grants),
            }
            token = self._mint(claims)
            self._tokens[key] = (token, now)
            if len(self._tokens) > TOKENS_KEPT:
                self._tokens.popitem(last=False)
        self._tokens.move_to_end(key)
        return token

    def _client(self, *, failover: bool) -> TwirpClient:
        """livekit-api's client, for LiveKit Cloud."""
        if failover not in self._clients:
            from livekit.api.twirp_client import TwirpClient

            # livekit-api 1.2.1 drops the path of a URL, 1.2.2 keeps it: as prefix both keep it.
            self._clients[failover] = TwirpClient(
                self._open(), self._origin, "livekit", self._prefix, failover
            )
        return self._clients[failover]

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            import aiohttp

            self._session = aiohttp.ClientSession(
                cookie_jar=aiohttp.DummyCookieJar(),
                timeout=_total(self._timeout),
                middlewares=(watch(),) if self._cloud else (),
            )
        return self._session


def _total(seconds: float) -> aiohttp.ClientTimeout:
    import aiohttp

    return aiohttp.ClientTimeout(total=seconds)


def _between(seconds: float) -> aiohttp.ClientTimeout:
    """For each piece, not for all of them."""
    import aiohttp

    return aiohttp.ClientTimeout(total=None, sock_connect=seconds, sock_read=seconds)


def _hiding(hide: Callable[[str], str], secrets: Iterable[str]) -> Callable[[str], str]:
    """The longest first: a key alone, and the URL that holds it."""
    ordered = sorted(filter(None, secrets), key=len, reverse=True)

    def hidden(text: str) -> str:
        for secret in ordered:
            text = without(text, secret, MASK)
        return hide(text)

    return hidden


def request_of(kind: type[M], /, **fields: object) -> M:
    """A protobuf message. Raises InvalidRequest where a value has no place in it."""
    try:
        return kind(**fields)
    except (ValueError, TypeError):
        # Protobuf: lone surrogates, negative or too large numbers.
        msg = f"A value cannot be sent to LiveKit ({', '.join(fields)})."
        hint = "Names are Unicode text; numbers lie between 0 and 4294967295."
        raise InvalidRequest(msg, hint=hint) from None
