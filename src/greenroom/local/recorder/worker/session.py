"""The asyncio side of a recording: joins the room, follows what happens there, obeys the service."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from typing import Any

from livekit import rtc

from greenroom.local.recorder.layouts import read_layout
from greenroom.local.recorder.plan import Plan
from greenroom.local.recorder.worker.cast import Cast
from greenroom.local.recorder.worker.clock import Clock
from greenroom.local.recorder.worker.outputs import encoders_for, sink_for
from greenroom.local.recorder.worker.press import Press
from greenroom.local.recorder.worker.sink import Sink, words

CONNECT_SECONDS = 10.0
FIRST_SECONDS = 0.7
"""How long a recording of a room waits for media, so as not to begin with empty tiles."""
MEDIA_SECONDS = 15.0
"""How long a recording of certain tracks waits for them."""
LOOK_SECONDS = 0.2
STATS_SECONDS = 2.0
STOPPED, CLOSED, FAILED = "StopEgress API", "Source closed", "Failure"
"""Why it ended, in the words of LiveKit's egress."""
ABANDONED = "Recorder ended"
"""LiveKit has no word for it: its egress gives a recording up when it ends itself."""
_CLOSED = frozenset(
    {
        rtc.DisconnectReason.ROOM_CLOSED,
        rtc.DisconnectReason.ROOM_DELETED,
        rtc.DisconnectReason.PARTICIPANT_REMOVED,
        rtc.DisconnectReason.SERVER_SHUTDOWN,
    }
)
log = logging.getLogger("greenroom.recorder")
Report = Callable[[dict[str, Any]], None]


class Session:
    """Runs once. ``report`` is told what happens: see ``greenroom.local.recorder.running``."""

    def __init__(self, plan: Plan, report: Report) -> None:
        self._plan = plan
        self._report = report
        self._room = rtc.Room()
        self._cast = Cast(plan, self._room)
        self._loop = asyncio.get_running_loop()
        self._over = asyncio.Event()
        self._reason = STOPPED
        self._error = ""
        self._clock: Clock | None = None
        self._press: Press | None = None
        self._sinks: list[Sink] = []
        self._cpu_at_start = 0.0

    async def run(self, url: str, token: str) -> None:
        """Until it is over; reports the end. Raises nothing that the report does not tell."""
        try:
            await self._join(url, token)
            if not self._over.is_set():
                await self._wait_for_media()
            if not self._over.is_set():
                self._begin()
                await self._until_over()
        except (rtc.ConnectError, TimeoutError) as error:
            self._fail(f"The room could not be joined: {words(error)}")
        finally:
            await self._finish()

    def obey(self, command: dict[str, Any]) -> None:
        """``do``: stop, abandon (the service is gone), pause, resume, layout."""
        match command["do"]:
            case "stop":
                self._end(STOPPED)
            case "abandon":
                self._end(ABANDONED)
            case "pause" if self._clock:
                self._clock.pause()
            case "resume" if self._clock:
                self._clock.resume()
            case "layout":
                layout = read_layout(command["layout"])
                if layout is not None:
                    self._cast.set_layout(layout)

    # Joining and following.

    async def _join(self, url: str, token: str) -> None:
        room, cast = self._room, self._cast
        room.on("track_published", cast.published)
        room.on("track_subscribed", cast.begin)
        room.on(
            "track_unsubscribed", lambda _track, publication, _person: cast.end(publication.sid)
        )
        room.on("track_unpublished", self._unpublished)
        for event in ("track_muted", "track_unmuted", "participant_name_changed"):
            room.on(event, lambda *_: cast.renew())
        room.on("participant_connected", lambda _: cast.renew())
        room.on("participant_disconnected", self._left)
        room.on("active_speakers_changed", lambda each: cast.spoke([one.identity for one in each]))
        room.on("disconnected", self._disconnected)
        options = rtc.RoomOptions(auto_subscribe=False, connect_timeout=CONNECT_SECONDS)
        await asyncio.wait_for(room.connect(url, token, options), CONNECT_SECONDS)
        for person in room.remote_participants.values():
            for publication in person.track_publications.values():
                cast.published(publication, person)
        cast.renew()

    def _unpublished(self, publication: Any, _person: Any) -> None:
        self._cast.end(publication.sid)
        if publication.sid in self._named_tracks() and not self._cast.sources():
            self._end(CLOSED)

    def _left(self, person: Any) -> None:
        for sid in person.track_publications:
            self._cast.end(sid)
        self._cast.renew()
        named = self._named_tracks()
        gone = person.identity == self._plan.video.identity or named & set(
            person.track_publications
        )
        if gone and not self._cast.sources():
            self._end(CLOSED)

    def _named_tracks(self) -> set[str]:
        routes = {route.value for route in self._plan.audio if route.by == "track"}
        return {self._plan.video.track, *routes} - {""}

    def _disconnected(self, reason: Any) -> None:
        if reason in _CLOSED:
            self._end(CLOSED)
        else:
            self._fail(f"The connection to the room was lost ({_reason(reason)}).")

    async def _wait_for_media(self) -> None:
        certain = self._plan.video.of in {"participant", "track"} or self._named_tracks()
        end = time.monotonic() + (MEDIA_SECONDS if certain else FIRST_SECONDS)
        while not self._over.is_set() and not self._cast.has_media():
            if time.monotonic() > end:
                if self._named_tracks():
                    self._fail(f"The track sent nothing for {MEDIA_SECONDS:.0f} s.")
                return
            await asyncio.sleep(0.02)

    # Recording.

    def _begin(self) -> None:
        plan = self._plan
        encoders = encoders_for(plan)
        self._sinks = [sink_for(plan, output, encoders) for output in plan.outputs]
        for sink in self._sinks:
            sink.start()
        self._press = Press(encoders, self._sinks, self._broke)
        self._clock = Clock(
            encoding=plan.encoding,
            scene=lambda: self._cast.scene,
            lines=lambda: self._cast.lines,
            work=self._press,
            video=plan.video.of != "nothing",
            audio=bool(plan.audio),
            failed=self._broke,
        )
        self._cpu_at_start = time.process_time()
        self._clock.start()
        self._report({"event": "active", "at": time.time_ns()})

    def _broke(self, error: Exception) -> None:
        """From another thread."""
        log.error("the recording broke", exc_info=error)
        self._loop.call_soon_threadsafe(self._fail, words(error))

    async def _until_over(self) -> None:
        due = time.monotonic() + STATS_SECONDS
        while not self._over.is_set():
            try:
                await asyncio.wait_for(self._over.wait(), LOOK_SECONDS)
            except TimeoutError:
                self._cast.look()
            if all(sink.error for sink in self._sinks):
                self._fail(self._sinks[0].error)
            if time.monotonic() > due:
                due += STATS_SECONDS
                self._report({"event": "stats", "figures": self._figures()})

    def _figures(self) -> dict[str, Any]:
        if self._clock is None or self._press is None:
            return {}
        figures = self._clock.figures
        seconds = max(0.001, figures.seconds + figures.paused)
        return {
            "seconds": round(figures.seconds, 3),
            "frames": figures.frames,
            "dropped": figures.dropped,
            "late_ms": round(figures.late * 1000, 1),
            "cpu": round((time.process_time() - self._cpu_at_start) / seconds * 100, 1),
            "encoding": round(self._press.busy / seconds * 100, 1),
            "bytes": sum(sink.size for sink in self._sinks),
            "pauses": figures.pauses,
            "paused_seconds": round(figures.paused, 3),
            "sources": self._cast.sources(),
        }

    # The end.

    def _end(self, reason: str) -> None:
        if not self._over.is_set():
            self._reason = reason
            self._over.set()

    def _fail(self, error: str) -> None:
        if not self._over.is_set():
            self._error = error
            self._end(FAILED)

    async def _finish(self) -> None:
        ended = time.time_ns()
        self._report({"event": "ending", "at": ended, "reason": self._reason})
        leaving = asyncio.create_task(self._leave())
        await asyncio.to_thread(self._close)
        for sink in self._sinks:
            self._error = self._error or sink.error
        self._report(
            {
                "event": "ended",
                "at": ended,
                "reason": FAILED if self._error else self._reason,
                "error": self._error,
                "figures": self._figures(),
                "outputs": [sink.result() for sink in self._sinks],
            }
        )
        await leaving

    def _close(self) -> None:
        if self._clock is None or self._press is None:
            return
        self._clock.stop()
        self._press.close()
        for sink in self._sinks:
            sink.finish()

    async def _leave(self) -> None:
        await self._cast.close()
        try:
            await asyncio.wait_for(self._room.disconnect(), 2)
        except (TimeoutError, RuntimeError):
            log.warning("the room was not left in order")


def _reason(reason: Any) -> str:
    try:
        return str(rtc.DisconnectReason.Name(reason))
    except ValueError:
        return str(reason)
