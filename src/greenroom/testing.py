"""For tests of programs that use LiveKit: a server in the test's own process, and faults on demand.

    async def test_my_program():
        async with sandbox() as server:
            server.join("standup", "anna").publish("microphone")
            server.fault("CreateRoom", "refuse")
            await my_program(server.url, server.api_key, server.api_secret)

Nothing leaves this machine: the server listens on a free port of 127.0.0.1 and ends with the block.
"""

from __future__ import annotations

import copy
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from greenroom.local.twirp.refusals import Refusal

if TYPE_CHECKING:
    from livekit.protocol.egress import EgressInfo

    from greenroom.domain.ports import Clock
    from greenroom.local.sandbox.faults import Kind
    from greenroom.local.sandbox.people import Person
    from greenroom.local.sandbox.server import Sandbox

__all__ = ("FakeClock", "Refusal", "Server", "sandbox")

KEY, SECRET = "APIsandbox", "sandbox-secret-sandbox-secret-sandbox"


class FakeClock:
    """A clock that stands still until it is moved; sleeping moves it."""

    def __init__(self, now: float | None = None) -> None:
        """``now``: seconds since the epoch, the machine's own time if not given.

        Tokens are judged by this clock: an SDK mints them by the machine's.
        """
        if now is None:
            import time

            now = time.time()
        self.time = now

    def now(self) -> float:
        """Seconds since the epoch."""
        return self.time

    def move(self, seconds: float) -> None:
        """Let time pass."""
        self.time += seconds

    async def sleep(self, seconds: float) -> None:
        """Let time pass without waiting."""
        self.move(seconds)


class Server:
    """The sandbox as a test sees it. Methods take effect at once; webhooks follow in the background."""

    def __init__(self, running: Sandbox) -> None:
        self._running = running
        self.api_key, self.api_secret = next(iter(running.keys.items()))

    @property
    def url(self) -> str:
        """``ws://127.0.0.1:…``, for LiveKit's SDKs as well as for Greenroom."""
        return self._running.url

    def environ(self) -> dict[str, str]:
        """``LIVEKIT_URL``, ``LIVEKIT_API_KEY`` and ``LIVEKIT_API_SECRET``, for ``monkeypatch`` or a child process."""
        return {
            "LIVEKIT_URL": self.url,
            "LIVEKIT_API_KEY": self.api_key,
            "LIVEKIT_API_SECRET": self.api_secret,
        }

    def join(
        self,
        room: str,
        identity: str,
        *,
        name: str = "",
        metadata: str = "",
        attributes: Mapping[str, str] | None = None,
        kind: str = "standard",
        grant: Mapping[str, object] | None = None,
    ) -> Person:
        """Let somebody join; a room that is not there is made.

        ``grant`` is a video grant as tokens have it (``{"canPublish": False}``), ``kind`` a word such as
        ``agent``. The person publishes, mutes, sends and leaves: ``publish("camera")``, ``mute(sid)``,
        ``unpublish(sid)``, ``send(b"…")``, ``leave()``; ``received`` holds the data that came, ``left`` why it
        is gone. Raises Refusal: failed_precondition in a full room, invalid_argument without a name.
        """
        return self._running.world.join(
            room,
            identity,
            name=name,
            metadata=metadata,
            attributes=attributes,
            kind=kind,
            grant=grant,
        )

    def join_with(self, token: str) -> Person:
        """Let the bearer of a token in, with what the token allows. Raises Refusal as ``/rtc`` would refuse."""
        return self._running.join_with(token)

    def person(self, room: str, identity: str) -> Person | None:
        """Somebody inside, or None."""
        return self._running.world.person(room, identity)

    def rooms(self) -> list[str]:
        """Names of the rooms that there really are, whatever the server says."""
        self._running.world.close_idle()
        return sorted(self._running.world.rooms)

    def fault(
        self,
        method: str,
        kind: Kind,
        *,
        times: int = 1,
        seconds: float = 1.0,
        code: str = "unavailable",
        message: str = "refused by a fault of the sandbox",
    ) -> None:
        """Let the next calls of an RPC such as ``CreateRoom`` go wrong; ``*`` stands for every RPC.

        | kind | what happens |
        |---|---|
        | ``refuse`` | no effect; the Twirp error ``code`` with ``message`` |
        | ``delay`` | ``seconds`` of real time pass first |
        | ``lie`` | no effect; the answer of success |
        | ``drop`` | no effect; the connection ends without an answer |
        | ``drop-after`` | the effect; the connection ends without an answer |
        | ``fail-after`` | the effect; status 500, code internal |

        Calls with a bad token or a body that cannot be read do not count. Raises Refusal (invalid_argument) for
        another kind or code.
        """
        from greenroom.local.sandbox.faults import Fault

        fault = Fault(
            method=method, kind=kind, times=times, seconds=seconds, code=code, message=message
        )
        self._running.faults.add(fault)

    def clear_faults(self) -> None:
        """From here on everything goes well."""
        self._running.faults.clear()

    def egresses(self) -> list[EgressInfo]:
        """Every simulated egress there is or was, the newest first, as ``livekit.protocol.egress.EgressInfo``."""
        known = self._running.world.egresses
        return [] if known is None else [copy.deepcopy(info) for info in known.infos()]

    async def webhooks_sent(self) -> None:
        """Return when no webhook waits any more."""
        await self._running.webhooks.sent()


@asynccontextmanager
async def sandbox(
    *,
    keys: Mapping[str, str] | None = None,
    webhook_urls: Sequence[str] = (),
    state_file: Path | None = None,
    clock: Clock | None = None,
    remote_unmute: bool = True,
    egress: bool = True,
) -> AsyncIterator[Server]:
    """Run a LiveKit server of one's own until the block ends.

    ``keys``: API key → secret, all valid, the first is ``server.api_key``. ``webhook_urls`` get events as LiveKit
    sends them. ``clock``: a ``FakeClock`` makes rooms time out without waiting. ``remote_unmute=False`` is what
    livekit-server does by default. ``egress=False``: there is no egress service. Raises ConfigurationError.
    """
    from greenroom.local.sandbox import Sandbox

    async with Sandbox.start(
        keys=keys or {KEY: SECRET},
        webhook_urls=webhook_urls,
        state_file=state_file,
        clock=clock,
        remote_unmute=remote_unmute,
        egress=egress,
    ) as running:
        yield Server(running)
