"""Who is in the room, which of their tracks are taken, and the scene they make."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Coroutine
from typing import Any

from livekit import rtc

from greenroom.local.egress.layouts import Layout, read_layout
from greenroom.local.egress.plan import Channel, Plan, Route
from greenroom.local.recorder.worker.layers import enough
from greenroom.local.recorder.worker.picture import Feed
from greenroom.local.recorder.worker.readers import follow_waits, listen, watch
from greenroom.local.recorder.worker.scene import Scene, Tile
from greenroom.local.recorder.worker.sound import BUFFERED, PICTURE_BUFFERED, Line
from greenroom.local.recorder.worker.speaker import Speaker

SCREEN = rtc.TrackSource.SOURCE_SCREENSHARE
SOUNDS = rtc.TrackKind.KIND_AUDIO


class Cast:
    """Lives on the asyncio side; ``scene`` and ``lines`` may be read from any thread."""

    def __init__(self, plan: Plan, room: rtc.Room) -> None:
        self._plan = plan
        self._room = room
        self._feeds: dict[str, Feed] = {}
        self._lines: dict[str, Line] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._speaker = Speaker()
        self._speaking: list[str] = []
        self._turn = 0
        self._layout = read_layout(plan.video.layout) or Layout()
        self._layers: dict[str, Any] = {}
        self.scene = Scene()
        self.lines: tuple[Line, ...] = ()

    # What is taken.

    def wants(self, track: Any, person: Any) -> bool:
        """Whether a publication is part of this recording."""
        if track.kind == SOUNDS:
            return self._route(track, person) is not None
        video = self._plan.video
        if video.of == "track":
            return bool(track.sid == video.track)
        if video.of == "participant":
            screen = track.source == SCREEN
            return bool(person.identity == video.identity and screen == video.screen_share)
        return video.of == "room"

    def _route(self, track: Any, person: Any) -> Route | None:
        for route in self._plan.audio:
            fits = {
                "all": True,
                "track": route.value == track.sid,
                "identity": route.value == person.identity,
                "kind": route.value == str(person.kind),
            }
            if fits[route.by]:
                return route
        return None

    def _channel(self, route: Route) -> Channel:
        if route.channel != "alternate":
            return route.channel
        self._turn += 1
        return "left" if self._turn % 2 else "right"

    # What happens in the room.

    def published(self, track: Any, person: Any) -> None:
        """Take it, if it is wanted."""
        if self.wants(track, person) and not track.subscribed:
            track.set_subscribed(True)

    def begin(self, track: rtc.Track, publication: Any, person: Any) -> None:
        """Media of a track begins to come."""
        if not self.wants(publication, person) or publication.sid in self._tasks:
            return
        if publication.kind == SOUNDS:
            route = self._route(publication, person) or Route()
            line = self._lines[publication.sid] = Line(self._channel(route))
            self._run(publication.sid, self._listen(track, line, person))
        else:
            feed = self._feeds[publication.sid] = Feed()
            self._run(publication.sid, watch(track, feed))
        self.renew()

    async def _listen(self, track: rtc.Track, line: Line, person: Any) -> None:
        if self._plan.video.of == "nothing":
            await listen(track, line, alone=True)
            return

        def waited(seconds: float) -> None:
            for sid in person.track_publications:
                if feed := self._feeds.get(sid):
                    feed.stay_behind(seconds - BUFFERED - PICTURE_BUFFERED)

        following = asyncio.create_task(follow_waits(track, waited))
        try:
            await listen(track, line, alone=False)
        finally:
            following.cancel()

    def end(self, sid: str) -> None:
        """Media of a track has ended."""
        task = self._tasks.pop(sid, None)
        if task is not None:
            task.cancel()
        self._feeds.pop(sid, None)
        self._lines.pop(sid, None)
        self._layers.pop(sid, None)
        self.renew()

    def spoke(self, speaking: list[str]) -> None:
        """Identities that speak just now, the loudest first."""
        self._speaking = speaking
        self.look()

    def look(self) -> None:
        """Time goes by: somebody may have spoken long enough."""
        before = self._speaker.current
        if self._speaker.hear(self._speaking, time.monotonic()) != before:
            self.renew()

    def set_layout(self, layout: Layout) -> None:
        """From now on."""
        self._layout = layout
        self.renew()

    def sources(self) -> int:
        """Tracks that are taken."""
        return len(self._tasks)

    def shown(self) -> set[str]:
        """Sids of the video that is part of this recording and on just now, whether it has come or not."""
        return {
            publication.sid
            for person in self._room.remote_participants.values()
            for publication in person.track_publications.values()
            if publication.kind != SOUNDS
            and not publication.muted
            and self.wants(publication, person)
        }

    def has_picture(self) -> bool:
        """Whether any has come yet."""
        return any(feed.seen for feed in self._feeds.values())

    def has_media(self) -> bool:
        """Whether anything has come yet."""
        return self.has_picture() or any(line.heard for line in self._lines.values())

    def is_complete(self) -> bool:
        """Whether all that is on is to be seen; where nothing is, whether anything is to be heard."""
        seen = {sid for sid, feed in self._feeds.items() if feed.seen}
        shown = self.shown()
        return shown <= seen if shown else self.has_media()

    async def close(self) -> None:
        """Stop reading."""
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks, timeout=2) if tasks else None

    def _run(self, sid: str, reading: Coroutine[Any, Any, None]) -> None:
        self._tasks[sid] = asyncio.create_task(reading)

    # What is to be seen.

    def renew(self) -> None:
        """Make the scene again."""
        self.lines = tuple(self._lines.values())
        if self._plan.video.of == "room":
            people = sorted(self._room.remote_participants.values(), key=_order)
            tiles = [tile for person in people for tile in self._tiles(person)]
            self.scene = Scene(tuple(tiles), self._layout, self._on_stage(tiles), named=True)
        else:
            shown = [Tile(sid, "", feed, screen=True) for sid, feed in self._feeds.items()]
            self.scene = Scene(tuple(shown[-1:]), Layout("single-speaker"), None, named=False)
        self._ask_for_layers()

    def _ask_for_layers(self) -> None:
        size = self._plan.encoding.width, self._plan.encoding.height
        places = {place.key: place for place in self.scene.places(*size)}
        for person in self._room.remote_participants.values():
            for sid, publication in person.track_publications.items():
                if sid not in self._feeds or not publication.simulcasted:
                    continue
                layer = enough(publication.width, publication.height, places.get(sid))
                if self._layers.get(sid) != layer:
                    self._layers[sid] = layer
                    publication.set_video_quality(layer)

    def _tiles(self, person: Any) -> list[Tile]:
        if person.kind == rtc.ParticipantKind.PARTICIPANT_KIND_EGRESS:
            return []
        name = person.name or person.identity
        cameras, screens = [], []
        for publication in person.track_publications.values():
            if publication.kind == SOUNDS:
                continue
            feed = None if publication.muted else self._feeds.get(publication.sid)
            if publication.source == SCREEN:
                # A screen that nobody can see yet does not take the stage.
                if feed is not None:
                    screens.append(Tile(publication.sid, name, feed, screen=True))
            else:
                cameras.append(Tile(publication.sid, name, feed))
        # A lone voice is a tile, too; its key is its identity, which no sid is like.
        return [*(cameras or [Tile(f"/{person.identity}", name)]), *screens]

    def _on_stage(self, tiles: list[Tile]) -> Any:
        person = self._room.remote_participants.get(self._speaker.current or "")
        if person is None:
            return None
        theirs = {*person.track_publications, f"/{person.identity}"}
        return next((tile.key for tile in tiles if tile.key in theirs and not tile.screen), None)


def _order(person: Any) -> tuple[float, str]:
    joined = person.joined_at
    return (joined.timestamp() if joined else 0.0, person.identity)
