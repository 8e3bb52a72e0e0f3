"""The asyncio side of a recording: joins the room, follows what happens there, obeys the service."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from typing import Any

from livekit import rtc

from greenroom.local.egress.layouts import read_layout
from greenroom.local.egress.plan import Plan
from greenroom.local.egress.reasons import CLOSED, STOPPED
from greenroom.local.recorder.load import Pace
from greenroom.local.recorder.worker.cast import Cast
from greenroom.local.recorder.worker.recording import Recording
from greenroom.local.recorder.worker.sink import words

CONNECT_SECONDS = 10.0
FIRST_SECONDS = 0.7
"""How long a recording of a room where no camera is on waits for sound, and after a first picture for the other ones."""
PICTURE_SECONDS = 3.0
"""How long it waits for the first picture where cameras are on: for a key frame, which comes later than sound."""
MEDIA_SECONDS = 15.0
"""How long a recording of certain tracks waits for them."""
LOOK_SECONDS = 0.2
STATS_SECONDS = 2.0
PACE_SECONDS = 1.0
FAILED = "Failure"
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
    """Runs once. ``report`` is told what happens: see ``worker.__main__``."""

    def __init__(self, plan: Plan, report: Report) -> None:
        self._plan = plan
        self._report = report
        self._room = rtc.Room()
        self._cast = Cast(plan, self._room)
        self._loop = asyncio.get_running_loop()
        self._over = asyncio.Event()
        self._reason = STOPPED
        self._error = ""
        self._recording: Recording | None = None
        self._pace = Pace(plan.encoding.fps)

    async def run(self, url: str, token: str) -> None:
        """Until it is over; reports the end. Raises nothing that the report does not tell."""
        try:
            await self._join(url, token)
            await self._wait_for_media()
            if not self._over.is_set():
                self._begin()
                await self._until_over()
        except (rtc.ConnectError, TimeoutError) as error:
            self._fail(f"The room could not be joined: {words(error)}")
        finally:
            await self._finish()

    def obey(self, command: dict[str, Any]) -> None:
        """``do``: stop, abandon (the service is gone), pause, resume, layout, streams."""
        recording = self._recording
        match command["do"]:
            case "stop":
                self._end(STOPPED)
            case "abandon":
                self._end(ABANDONED)
            case "pause" if recording:
                recording.clock.pause()
            case "resume" if recording:
                recording.clock.resume()
            case "streams" if recording:
                for gone in command["remove"]:
                    self._loop.run_in_executor(None, recording.remove_stream, gone)
                for url in command["add"]:
                    recording.add_stream(url)
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
        theirs = set(person.track_publications)
        for sid in theirs:
            self._cast.end(sid)
        self._cast.renew()
        gone = person.identity == self._plan.video.identity or self._named_tracks() & theirs
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
        """Until everybody whose camera is on is to be seen: a recording does not begin with empty tiles."""
        begun, first = time.monotonic(), None
        while not self._over.is_set() and not self._cast.is_complete():
            now = time.monotonic()
            if first is None and self._cast.has_picture():
                first = now
            if now > (begun + self._patience() if first is None else first + FIRST_SECONDS):
                break
            await asyncio.sleep(0.02)
        if self._named_tracks() and not self._cast.has_media():
            self._fail(f"The track sent nothing for {MEDIA_SECONDS:.0f} s.")

    def _patience(self) -> float:
        """Seconds from joining on, while there is no picture yet."""
        certain = self._plan.video.of in {"participant", "track"} or self._named_tracks()
        if certain and not self._cast.has_media():
            return MEDIA_SECONDS
        return PICTURE_SECONDS if self._cast.shown() else FIRST_SECONDS

    # Recording.

    def _begin(self) -> None:
        self._recording = Recording(self._plan, self._cast, self._report, self._broke)
        self._recording.begin()
        self._report({"event": "active", "at": time.time_ns()})

    def _broke(self, error: Exception) -> None:
        """From another thread."""
        log.error("the recording broke", exc_info=error)
        self._loop.call_soon_threadsafe(self._fail, words(error))

    async def _until_over(self) -> None:
        recording = self._recording
        paced = told = time.monotonic()
        while recording and not self._over.is_set():
            try:
                await asyncio.wait_for(self._over.wait(), LOOK_SECONDS)
            except TimeoutError:
                self._cast.look()
            if recording.is_useless():
                self._fail(recording.first_error())
            now = time.monotonic()
            if now > paced + PACE_SECONDS:
                paced = now
                self._keep_pace(recording)
            if now > told + STATS_SECONDS:
                told = now
                self._report({"event": "stats", "figures": recording.figures()})

    def _keep_pace(self, recording: Recording) -> None:
        figures, most = recording.clock.figures, self._plan.encoding.fps
        if self._pace.look(figures.frames, figures.dropped):
            recording.clock.step = self._pace.step
            self._report({"event": "pace", "fps": most / self._pace.step, "most": most})

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
        if self._recording is not None:
            await asyncio.to_thread(self._recording.stop)
        leaving = asyncio.create_task(self._leave())
        figures, outputs = {}, []
        if self._recording is not None:
            await asyncio.to_thread(self._recording.end)
            self._error = self._error or self._recording.first_error()
            figures, outputs = self._recording.figures(), self._recording.results()
        self._report(
            {
                "event": "ended",
                "at": ended,
                "reason": FAILED if self._error else self._reason,
                "error": self._error,
                "figures": figures,
                "outputs": outputs,
            }
        )
        await leaving

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
