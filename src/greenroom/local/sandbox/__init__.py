"""The sandbox: a small double of livekit-server's API, in memory, for bare machines and fast tests.

It answers Twirp (JSON and protobuf), ``GET /`` and ``/rtc/validate`` as livekit-server 1.11.0 without
Redis does: same statuses, codes and words (``tests/contract`` holds both to one suite). Beyond that it
answers LiveKit's Egress API with simulated egresses: see ``egress``. It never pretends: every answer has
the header ``X-Greenroom-Sandbox``, every participant the attribute ``greenroom.sandbox``, every egress
says that no media was recorded. Media and the signal connection are not simulated: nobody can join
through ``/rtc``; people join by command.

In this process::

    async with Sandbox.start(port=7880, keys={"APIkey": "secret"}) as sandbox:
        sandbox.url, sandbox.port           # "ws://127.0.0.1:7880"; port=0 takes a free one
        person = sandbox.world.join("standup", "anna")
        person.publish("microphone")

``Sandbox.start(host="127.0.0.1", port=0, keys=…, webhook_urls=(), webhook_key=None, state_file=None,
clock=None, remote_unmute=True, egress=True)`` is an async context manager. It raises ``OSError`` when the port is
taken and ``ConfigurationError`` when the keys or the state file cannot be used.

As a child process (``greenroom up``)::

    python -m greenroom.local.sandbox --port 7880 --key APIkey --secret-file home/run/secret
        [--host 127.0.0.1] [--webhook URL]… [--state FILE] [--no-remote-unmute] [--no-egress]

``--key`` and ``--secret-file`` come in pairs and may be repeated: several keys are valid at once, the
first signs webhooks. One line of JSON goes to stdout when it listens: ``{"url", "port", "pid"}``.
SIGTERM and SIGINT store the state and end it with 0; a taken port ends it with 1 and a line on stderr.

Over HTTP, participants are commanded below ``/sandbox/`` with a token of one of the keys: see ``control``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from greenroom.local.sandbox.server import Sandbox

__all__ = ("Sandbox",)


def __getattr__(name: str) -> Any:
    """Naming the package costs nothing; using it loads protobuf."""
    if name in __all__:
        from greenroom.local.sandbox import server

        return getattr(server, name)
    raise AttributeError(name)
