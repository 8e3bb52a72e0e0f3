"""The recorder: LiveKit's Egress API for one small machine, without Redis and without Chrome.

It joins rooms as a hidden participant, composes and encodes what it hears and sees, and writes files, HLS and
RTMP. The official server SDKs drive it unchanged: give them its URL in place of LiveKit's for egress calls.

In this process::

    async with Recorder.start(url="ws://127.0.0.1:7880", keys={"APIkey": "secret"}, folder=…, state=…) as recorder:
        async with LiveKitAPI(recorder.url, "APIkey", "secret") as livekit:
            await livekit.egress.start_room_composite_egress(…)

As a child process::

    python -m greenroom.local.recorder --url ws://127.0.0.1:7880 --key APIkey --secret-file FILE
        --folder recordings --state home/egress [--host 127.0.0.1] [--port 7892] [--webhook URL]…

One line of JSON goes to stdout when it listens: ``{"url", "port", "pid"}``. SIGTERM and SIGINT finish what is
recorded, then end it with 0.

What LiveKit lacks has a service of its own beside LiveKit's, in the same style: ``POST
/twirp/greenroom.Egress/PauseEgress``, ``ResumeEgress`` and ``GetEgressStats``, each with ``{"egress_id": "EG_…"}``
and the grant ``roomRecord``. The first two answer with EgressInfo, the third with an object of figures.
``ListEgressFiles`` and ``DeleteEgressFiles`` are about what a recording that has ended left on this disk (``left``).
``GET /files/EG_…/NAME`` gives one of those out, with the same grant (``serving``).
``SetRetention`` takes ``{"days": 30}`` and deletes older ones from the next hour on (``retention``).
``AwaitRoomComposite`` takes a RoomCompositeEgressRequest and begins with the room's first participant (``awaiting``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from greenroom.local.recorder.server import Recorder

__all__ = ("Recorder",)


def __getattr__(name: str) -> Any:
    """Naming the package costs nothing; using it loads protobuf and aiohttp."""
    if name in __all__:
        from greenroom.local.recorder import server

        return getattr(server, name)
    raise AttributeError(name)
