"""Simulated egresses: everything that LiveKit's Egress API tells, and nothing recorded.

Each is in its room as LiveKit's egress is, a hidden participant of kind EGRESS with ``recorder`` and the egress's id for
its identity: ListParticipants shows it, it counts for nobody, and ``active_recording`` is true while it is there. When it
leaves, for whatever reason, the egress ends. A web page is recorded without a room. No file is written and nothing is
streamed: sizes are 0, there are no locations, and ``details`` says so. protocol egress/token.go; livekit_egress.proto.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from livekit.protocol import egress, models

from greenroom.domain.egress import FILES_DELETED, SIMULATED
from greenroom.local.egress import results
from greenroom.local.egress.layouts import check_layout
from greenroom.local.egress.lookup import Found, Sources, find, sources_of
from greenroom.local.egress.planning import plan_for
from greenroom.local.egress.reasons import CLOSED, STOPPED
from greenroom.local.egress.wish import Wish, opens_page, read_wish
from greenroom.local.sandbox.auto_egress import participant_request, room_request, track_request
from greenroom.local.twirp.refusals import Refusal, no_room

if TYPE_CHECKING:
    from greenroom.local.egress.webhooks import EgressWebhooks
    from greenroom.local.sandbox.people import Person
    from greenroom.local.sandbox.world import Room, World

GRANT = {"hidden": True, "recorder": True, "canPublish": False, "canPublishData": False}
"""Beside what joining needs: protocol egress/token.go."""
WEB = "web"
"""What stands for the room's name in file names of a web page."""
ROOT = Path("/")
"""Names are judged as if they lay here. Nothing does."""
_MEDIA = dict.fromkeys(
    ("seconds", "frames", "dropped", "fps", "late_ms", "cpu", "encoding", "bytes", "sources"), 0
)
"""The recorder's figures of what is recorded here: nothing."""


@dataclass(slots=True, kw_only=True)
class Simulated:
    """One egress. ``urls``: stream destinations in the order of the info's results; they are secrets."""

    info: egress.EgressInfo
    urls: list[str] = field(default_factory=list, repr=False)
    pauses: int = 0
    """Those that are over, as the recorder counts them."""
    paused: float = 0.0
    """Seconds of them."""
    paused_at: float | None = None

    @property
    def request(self) -> Any:
        """What was asked for, without its secrets."""
        return getattr(self.info, str(self.info.WhichOneof("request")))

    @property
    def sources(self) -> Sources:
        """Who and what must be in the room."""
        return sources_of(read_wish(self.request, pages=True))

    @property
    def runs(self) -> bool:
        """Whether it neither ends nor has ended."""
        return self.info.status in {egress.EGRESS_STARTING, egress.EGRESS_ACTIVE}


class Egresses:
    """All of a world. ``greenroom.local.egress.rpcs.Egresses``, as LiveKit's and the recorder's clients use it."""

    folder = ROOT

    def __init__(self, world: World, webhooks: EgressWebhooks | None = None) -> None:
        self._world = world
        self._webhooks = webhooks
        self.kept: dict[str, Simulated] = {}
        """The oldest first."""

    # What is asked for.

    def infos(self) -> list[egress.EgressInfo]:
        """The newest first."""
        return [each.info for each in reversed(self.kept.values())]

    async def start(self, request: Any) -> egress.EgressInfo:
        """Any of LiveKit's Start calls; the answer is STARTING. Raises Refusal."""
        return self.begin(request)

    def begin(self, request: Any) -> egress.EgressInfo:
        """The same for who cannot wait."""
        wish = read_wish(request, pages=True)
        if self._webhooks is not None:
            self._webhooks.check(wish.webhooks)
        each = Simulated(info=self._new_info(request, wish, self._found(wish)))
        each.urls = [url for output in wish.outputs for url in _urls(output.message)]
        info = each.info
        self.kept[info.egress_id] = each
        if wish.room:
            identity, grant = info.egress_id, {**GRANT, "roomJoin": True, "room": wish.room}
            self._world.join(wish.room, identity, kind="egress", grant=grant)
        self._tell("egress_started", info)
        answer = _copy(info)
        if not wish.room or _has_people(self._world.rooms[wish.room]):
            self._activate(each)
        return answer

    def _found(self, wish: Wish) -> Found:
        if not wish.room:
            return Found(wish=wish, room_id="", facts={"room_name": WEB, "room_id": ""})
        room = self._world.rooms.get(wish.room)
        if room is None:
            raise no_room()
        return find(wish, room.info.sid, [person.live for person in room.people.values()])

    def _new_info(self, request: Any, wish: Wish, found: Found) -> egress.EgressInfo:
        plan = plan_for(
            found.wish,
            results.new_id(),
            ROOT,
            found.facts,
            self._world.now(),
            reserve=lambda _path: True,
        )
        info = results.new_info(
            plan, request, room_id=found.room_id, single=wish.single, now=self._now()
        )
        info.details = SIMULATED
        if opens_page(request) or wish.video.of == "room":
            info.source_type = egress.EGRESS_SOURCE_TYPE_WEB
        _without_locations(info)
        return info

    def stop(self, egress_id: str) -> egress.EgressInfo:
        """The answer is ENDING; it has ended then. Raises Refusal (not_found, failed_precondition)."""
        return self._finish(self._running(egress_id, "stopped"), STOPPED)

    def set_layout(self, egress_id: str, layout: str) -> egress.EgressInfo:
        """As LiveKit does: in the metadata of its participant. Raises Refusal."""
        each = self.find(egress_id)
        if not opens_page(each.request):
            check_layout(layout)
        each = self._running(egress_id, "updated")
        person = self._world.person(each.info.room_name, egress_id)
        if person is not None:
            person.change("", json.dumps({"layout": layout}, separators=(",", ":")), {})
        return each.info

    def set_streams(
        self, egress_id: str, add: Iterable[str], remove: Iterable[str]
    ) -> egress.EgressInfo:
        """More destinations, or fewer; those to remove may be named as they are shown. Raises Refusal."""
        each = self._running(egress_id, "updated")
        new, gone = results.change_streams(each.info, each.urls, add, remove)
        streams = each.info.stream_results
        if each.info.status == egress.EGRESS_ACTIVE:
            self._stream(streams[each.urls.index(url)] for url in new)
        self._end_streams(streams[each.urls.index(url)] for url in gone)
        self._changed(each, "egress_updated")
        return each.info

    def pause(self, egress_id: str, *, paused: bool) -> egress.EgressInfo:
        """Remembered, for ``figures``. Pausing twice is pausing once. Raises Refusal."""
        each = self._running(egress_id, "updated")
        now = self._world.now()
        if paused and each.paused_at is None:
            each.paused_at = now
        elif not paused and each.paused_at is not None:
            each.paused, each.paused_at = each.paused + now - each.paused_at, None
            each.pauses += 1
        self._world.changed()
        return each.info

    def figures(self, egress_id: str) -> dict[str, Any]:
        """The recorder's, with nothing in them but pauses; empty before it has begun. Raises Refusal."""
        each = self.find(egress_id)
        if not each.info.started_at:
            return {}
        return {
            **_MEDIA,
            "paused": each.paused_at is not None,
            "pauses": each.pauses,
            "paused_seconds": round(each.paused, 3),
        }

    def files(self, egress_id: str) -> list[Path]:
        """None were written. Raises Refusal for one that runs."""
        self._ended(egress_id)
        return []

    def delete_files(self, egress_id: str) -> egress.EgressInfo:
        """Said from now on, as the recorder does. Raises Refusal."""
        each = self._ended(egress_id)
        if FILES_DELETED not in each.info.details:
            each.info.details += f". {FILES_DELETED}"
            self._world.changed()
        return each.info

    def _ended(self, egress_id: str) -> Simulated:
        each = self.find(egress_id)
        if each.info.status not in results.ENDED:
            raise results.not_now(each.info, "deleted")
        return each

    def find(self, egress_id: str) -> Simulated:
        """Raises Refusal (not_found)."""
        if egress_id not in self.kept:
            raise results.no_egress()
        return self.kept[egress_id]

    def _running(self, egress_id: str, done: str) -> Simulated:
        each = self.find(egress_id)
        if not each.runs:
            raise results.not_now(each.info, done)
        return each

    # What happens in the world.

    def hear(
        self, room: Room, event: str, person: Person | None, track: models.TrackInfo | None
    ) -> None:
        """The world's events. Raises Refusal for a room that asks for an egress which cannot be."""
        match event:
            case "room_started" if room.auto_egress.HasField("room"):
                self.begin(room_request(room.auto_egress.room, room.name))
            case "participant_joined" if person is not None and not person.dependent:
                for each in self._of(room):
                    self._activate(each)
            case "track_published" if person is not None and track is not None:
                self._record_published(room, person, track)
            case "track_unpublished" | "participant_left":
                for each in self._of(room):
                    if not _is_there(each, room):
                        self._finish(each, CLOSED)

    def _of(self, room: Room) -> list[Simulated]:
        return [each for each in self.kept.values() if each.runs and _is_in(each.info, room)]

    def _record_published(self, room: Room, person: Person, track: models.TrackInfo) -> None:
        """Automatic egress of participants, once each, and of tracks. livekit-server pkg/rtc/room.go, onTrackPublished."""
        identity = person.identity
        known = {
            each.info.participant.identity for each in self.kept.values() if _is_in(each.info, room)
        }
        if room.auto_egress.HasField("participant") and identity not in known:
            self._try(participant_request(room.auto_egress.participant, room.name, identity), room)
        if (
            room.auto_egress.HasField("tracks")
            and person.live.kind != models.ParticipantInfo.EGRESS
        ):
            self._try(track_request(room.auto_egress.tracks, room.name, track.sid), room)

    def _try(self, request: Any, room: Room) -> None:
        """Nobody waits for an answer, so a refusal is told by webhook. livekit-server pkg/rtc/egress.go."""
        try:
            self.begin(request)
        except Refusal as refusal:
            info = results.refused_info(request, room_id=room.info.sid, error=refusal.message)
            self._tell("egress_ended", info)

    def _activate(self, each: Simulated) -> None:
        if each.info.status != egress.EGRESS_STARTING:
            return
        results.begin(each.info, self._now())
        self._stream(each.info.stream_results)
        self._changed(each, "egress_updated")

    def _finish(self, each: Simulated, reason: str) -> egress.EgressInfo:
        """Ends it; the info as it was in between, ENDING."""
        info = each.info
        info.status = egress.EGRESS_ENDING
        self._changed(each, "egress_updated")
        ending = _copy(info)
        person = self._world.person(info.room_name, info.egress_id)
        if person is not None:
            person.leave()
        self._end_streams(info.stream_results)
        event = {"at": self._now(), "reason": reason, "error": "", "outputs": []}
        results.end(info, event, _outputs(info))
        self._changed(each, "egress_ended")
        return ending

    def _stream(self, streams: Iterable[egress.StreamInfo]) -> None:
        for made in streams:
            made.status, made.started_at = egress.StreamInfo.ACTIVE, self._now()

    def _end_streams(self, streams: Iterable[egress.StreamInfo]) -> None:
        for made in streams:
            if made.status == egress.StreamInfo.ACTIVE:
                made.status, made.ended_at = egress.StreamInfo.FINISHED, self._now()

    def _changed(self, each: Simulated, event: str) -> None:
        each.info.updated_at = self._now()
        self._world.changed()
        self._tell(event, each.info)

    def _tell(self, event: str, info: egress.EgressInfo) -> None:
        if self._webhooks is not None:
            self._webhooks.tell_egress(event, info)

    def _now(self) -> int:
        return int(self._world.now() * results.SECOND)


def _copy(info: egress.EgressInfo) -> egress.EgressInfo:
    copy = egress.EgressInfo()
    copy.CopyFrom(info)
    return copy


def _urls(message: Any) -> list[str]:
    """Of a stream output, as its plan has them."""
    if not isinstance(message, egress.StreamOutput):
        return []
    return list(dict.fromkeys([*message.urls, *(each.url for each in message.destinations)]))


def _has_people(room: Room) -> bool:
    return any(not person.dependent for person in room.people.values())


def _is_in(info: egress.EgressInfo, room: Room) -> bool:
    return bool(info.room_id) and info.room_id == room.sid


def _is_there(each: Simulated, room: Room) -> bool:
    """Whether what is recorded still is, and who records it."""
    sources = each.sources
    if each.info.egress_id not in room.people:
        return False
    if sources.identity and sources.identity not in room.people:
        return False
    # Who records all of a room needs no look at all its tracks, for each who leaves.
    return not sources.sids or any(
        track.sid in sources.sids for person in room.people.values() for track in person.live.tracks
    )


def _outputs(info: egress.EgressInfo) -> list[dict[str, str]]:
    counts = {
        "file": len(info.file_results),
        "segments": len(info.segment_results),
        "images": len(info.image_results),
    }
    return [{"kind": kind} for kind, count in counts.items() for _ in range(count)]


def _without_locations(info: egress.EgressInfo) -> None:
    files, segments = list(info.file_results), list(info.segment_results)
    match info.WhichOneof("result"):
        case "file":
            files.append(info.file)
        case "segments":
            segments.append(info.segments)
    for made in files:
        made.location = ""
    for listed in segments:
        listed.playlist_location = listed.live_playlist_location = ""
